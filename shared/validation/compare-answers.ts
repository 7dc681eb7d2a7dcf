import type { HttpAnswer } from '../ports/http.ts';

/**
 * Where two answers differ, undefined where they do not: in status, or in the JSON of their bodies beyond the ignored paths
 * (`meta.requestId`; a path goes through arrays by itself, or names one element by number). Bodies that are no JSON are compared as text.
 */
export function answersDiffer(old: HttpAnswer, fresh: HttpAnswer, ignore: readonly string[]): string | undefined {
  if (old.status !== fresh.status) return `status ${old.status} became ${fresh.status}`;
  if (old.body === fresh.body) return undefined;
  const before = parsed(old.body);
  const after = parsed(fresh.body);
  if (!before || !after) return 'the body differs';
  const path = difference(
    before.json,
    after.json,
    ignore.map((text) => text.split('.')),
    [],
  );
  return path === undefined ? undefined : `the body differs at ${path.length === 0 ? 'its root' : path.join('.')}`;
}

function parsed(body: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

type Path = readonly string[];

/** The path of the first difference. `ignore` holds what is left of the ignored paths here. */
function difference(before: unknown, after: unknown, ignore: readonly Path[], path: Path): Path | undefined {
  if (ignore.some((rest) => rest.length === 0)) return undefined;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) {
    return before === after ? undefined : path;
  }
  const array = Array.isArray(before);
  if (array !== Array.isArray(after)) return path;
  if (array && before.length !== (after as unknown[]).length) return path;
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = ignore.flatMap((rest) => (rest[0] === name ? [rest.slice(1)] : array ? [rest] : []));
    const found = difference(member(before, name), member(after, name), inner, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An own one: `__proto__` and the like are names as any other. */
const member = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
