import * as z from 'zod';

/**
 * One call of the API. `input` holds the path's parameters together with the query (GET) or the body's fields (POST),
 * `output` is the body of a success; anything else is answered as a ProblemDetail.
 */
export interface Endpoint<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly route: `${'GET' | 'POST' | 'PUT'} /${string}`;
  readonly input: Input;
  readonly output: Output;
  /** The status of an answer; 200 where absent. */
  readonly statusOf?: (output: z.output<Output>) => number;
  /** Whether an answer has an ETag, and is left out where the caller has it already; every GET where absent. */
  readonly reads?: boolean;
}

/** Typed by what it is given. */
export const endpoint = <Input extends z.ZodType, Output extends z.ZodType>(
  route: Endpoint['route'],
  input: Input,
  output: Output,
  more: Pick<Endpoint<Input, Output>, 'statusOf' | 'reads'> = {},
): Endpoint<Input, Output> => ({ route, input, output, ...more });

/** Parts of many requests. */
export const runId = z.string().regex(/^[0-9a-z]{26}$/, 'must be the id of a run: 26 characters of 0-9 and a-z');
export const component = z.string().regex(/^[a-z0-9-]{1,48}$/, 'must be the name of a component');
export const page = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(2000).optional(),
};
export const reason = z.string().max(1000);
