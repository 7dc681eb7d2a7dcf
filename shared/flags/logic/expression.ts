/** A rule, compiled: what it yields for a context, or for an item of a list inside map, filter and the like. */
export type Expression = (data: unknown) => unknown;

/** A rule cannot be evaluated for this context: text where a number is compared, a list that is none. Never leaves the engine. */
export class TargetingFault extends Error {
  override readonly name = 'TargetingFault';
}

export type Primitive = string | number | boolean | null;

export const isPrimitive = (value: unknown): value is Primitive =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** As JsonLogic has it: an empty list and an empty mapping are false, "0" is true. */
export function isTruthy(value: unknown): boolean {
  if (value === true) return true;
  if (!value) return false;
  if (typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.length > 0;
  for (const _ in value) return true;
  return value.constructor !== Object && value.constructor !== undefined;
}
