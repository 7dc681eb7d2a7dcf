import type { Path } from './problem.ts';

/** The most phases of a plan, components of a phase, and checks of a list. */
export const LIST_LIMIT = 100;

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inside, step) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step)
        ? (inside as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}

/** The paths of a list's elements, as many as a plan may have. */
export function elements(value: unknown, path: Path): Path[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list.slice(0, LIST_LIMIT).map((_, index) => [...path, index]) : [];
}
