import type middy from '@middy/core';
import type * as z from 'zod';
import { type InputProblem, InvalidInputError } from '../../shared/api/api-errors.ts';

/** What the schema makes of a value; refuses it with everything that does not fit. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(result.error.issues.slice(0, MOST_PROBLEMS).flatMap(problemsOf), result.error);
}

/** Of a list with thousands of wrong elements, these are enough. */
const MOST_PROBLEMS = 100;

/** Each unknown field is a problem of its own; of a union, those of the arm that fits best. */
function problemsOf(issue: z.core.$ZodIssue): InputProblem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ code: 'UNKNOWN_FIELD', path: [...path, key], message: 'is not a field of this request' }));
  }
  if (issue.code === 'invalid_union') {
    const closest = issue.errors.toSorted((a, b) => deepest(b) - deepest(a))[0] ?? [];
    if (closest.length > 0) return closest.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }));
  }
  return [{ code: issue.code.toUpperCase(), path, message: issue.message }];
}

const deepest = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));

/** Replaces the event by what the schema makes of it. */
export const parseInput = (schema: z.ZodType): middy.MiddlewareObj => ({
  before: (request) => {
    request.event = parsed(schema, request.event);
  },
});
