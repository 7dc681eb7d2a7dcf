import * as z from 'zod';
import type { Access } from '../access/access.ts';
import { redactText } from '../redaction/redact-text.ts';

/** What is told of an endpoint beside its schemas: the API's document is made of it. */
export interface EndpointFacts<Input extends z.ZodType, Output extends z.ZodType> extends Access {
  /** Codes of the refusals that are its own; those that any call can meet are left out. */
  readonly refuses: readonly string[];
  readonly example: { readonly input: z.input<Input>; readonly output: z.output<Output> };
  /** The status of an answer; 200 where absent. */
  readonly statusOf?: (output: z.output<Output>) => number;
  /** Every status that `statusOf` can give; 200 where absent. */
  readonly statuses?: readonly number[];
  /** Whether an answer has an ETag, and is left out where the caller has it already; every GET where absent. */
  readonly reads?: boolean;
  /** Whether answers are told as they are: what evaluation or a later PUT works with. Others lose their secrets. */
  readonly verbatim?: boolean;
  /** The form of a refusal by the function itself where it is no ProblemDetail. */
  readonly refusal?: z.ZodType;
}

/**
 * One call of the API. `input` holds the path's parameters together with the query (GET, DELETE) or the body's fields (POST, PUT),
 * `output` is the body of a success; anything else is answered as a ProblemDetail.
 */
export interface Endpoint<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>
  extends EndpointFacts<Input, Output> {
  readonly route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
  readonly input: Input;
  readonly output: Output;
}

/** Typed by what it is given. */
export const endpoint = <Input extends z.ZodType, Output extends z.ZodType>(
  route: Endpoint['route'],
  input: Input,
  output: Output,
  facts: EndpointFacts<Input, Output>,
): Endpoint<Input, Output> => ({ route, input, output, ...facts });

/** Parts of many requests. */
export const runId = z.string().regex(/^[0-9a-z]{26}$/, 'must be the id of a run: 26 characters of 0-9 and a-z');
export const component = z.string().regex(/^[a-z0-9-]{1,48}$/, 'must be the name of a component');
export const page = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(2000).optional(),
};
/** It is kept, and a process that reads it later may not know what must be left out of it. */
export const reason = z.string().max(1000).overwrite(redactText);
