import type middy from '@middy/core';
import * as z from 'zod';
import { MalformedError } from '../../shared/api/api-errors.ts';

/** What the schema makes of a value; refuses it with everything that does not fit. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedError(z.prettifyError(result.error), { next: 'Correct the request.', cause: result.error });
}

/** Replaces the event by what the schema makes of it. */
export const parseInput = (schema: z.ZodType): middy.MiddlewareObj => ({
  before: (request) => {
    request.event = parsed(schema, request.event);
  },
});
