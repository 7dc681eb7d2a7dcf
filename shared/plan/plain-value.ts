import { forbiddenKey, type Path, type Problem, problem } from './problem.ts';
import { MAX_DEPTH } from './source-nodes.ts';

/** A JavaScript value as plain data (undefined properties left out), with what in it is no plain data. Never throws. */
export function readPlain(value: unknown): { value: unknown; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  try {
    return { value: plain(value, [], [], problems), problems };
  } catch (error) {
    const message = `The plan could not be read: ${String(error)}. Export a plain object, without getters that fail.`;
    return { value: undefined, problems: [...problems, problem('WRONG_TYPE', [], message)] };
  }
}

function plain(value: unknown, path: Path, around: readonly unknown[], problems: Problem[]): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || value === undefined) return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    problems.push(problem('INVALID_NUMBER', path, `${value} is not a number that JSON can hold. Write a finite one.`));
    return 0;
  }
  if (typeof value !== 'object' || !isPlain(value)) {
    problems.push(
      problem('WRONG_TYPE', path, `A plan holds plain data only, no ${typeName(value)}. Name your code as ./file.ts#export.`),
    );
    return null;
  }
  if (around.includes(value) || around.length >= MAX_DEPTH) {
    const message = `The plan is nested more than ${MAX_DEPTH} levels deep, or inside itself. Flatten it.`;
    problems.push(problem('TOO_DEEP', path, message));
    return null;
  }
  const inside = [...around, value];
  if (Array.isArray(value)) return value.map((item, index) => plain(item ?? null, [...path, index], inside, problems));
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const refused = forbiddenKey(key, [...path, key]);
    if (refused !== undefined) problems.push(refused);
    return refused !== undefined || item === undefined ? [] : [[key, plain(item, [...path, key], inside, problems)] as const];
  });
  return Object.fromEntries(entries);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}

function typeName(value: unknown): string {
  return typeof value === 'object' && value !== null ? `instance of ${value.constructor?.name ?? 'a class'}` : typeof value;
}
