import * as z from 'zod';
import { codeRef, name, tableName } from '../notation/names.ts';
import { percent } from '../notation/quantities.ts';

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };
export const json: z.ZodType<JsonValue> = z.json();

const checkName = name.describe('Unique in its list; results and baselines are stored under it.');
const minSample = (least: number, start: number) =>
  z.number().int().min(least).default(start).describe('Below this sample size the check holds instead of passing.');
const exampleUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const functionCheck = z
  .strictObject({
    type: z.literal('function'),
    name: checkName,
    run: codeRef.describe('Answers `{ value, sample }`.'),
    is: z.enum(['<', '<=', '>', '>=', '=']).describe('How the value must compare with the limit.'),
    limit: z.number().describe('What the value is compared with.'),
    minSample: minSample(0, 1),
    input: json.default(null).describe('Given to the function as it is.'),
  })
  .describe('A figure from your own function, compared with a limit.');

const dataCheck = z
  .strictObject({
    type: z.literal('data'),
    name: checkName,
    from: tableName.describe('The table that is right.'),
    to: tableName.describe('The table that is checked.'),
    transform: codeRef.optional().describe('Applied to each record of `from` before it is compared.'),
    limit: percent.prefault('0%').describe('The share of records that may differ.'),
    minSample: minSample(0, 1),
  })
  .describe('Data consistency: the share of records of `from`, transformed, that `to` does not hold as they should be.');

const requestPath = z
  .string({ error: 'must be text' })
  .max(2000)
  .regex(/^\/(?!\/)[\x21-\x7e]*$/, 'must be a path that begins with one /');
const apiCheck = z
  .strictObject({
    type: z.literal('api'),
    name: checkName,
    old: exampleUrl.describe('The service as it is.'),
    new: exampleUrl.describe('The service that replaces it.'),
    requests: z
      .array(
        z.strictObject({
          method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('The HTTP method.'),
          path: requestPath.describe('Path and query, appended to both URLs.'),
          body: json.optional().describe('Sent as JSON.'),
        }),
      )
      .min(1)
      .max(1000)
      .describe('Example requests, sent to both.'),
    ignore: z.array(fieldPath()).max(100).default([]).describe('Fields of the answers that may differ, as dotted paths.'),
    limit: percent.prefault('0%').describe('The share of answers that may differ in status or body.'),
  })
  .describe('API compatibility: example requests against old and new.');

const performanceCheck = z
  .strictObject({
    type: z.literal('performance'),
    name: checkName,
    url: exampleUrl.describe('What is requested.'),
    requests: z.number().int().min(1).max(10_000).default(100).describe('How many requests are measured.'),
    limit: percent.describe('How much slower than the baseline the p95 may be.'),
    minSample: minSample(1, 20),
  })
  .describe('p95 in ms against the stored baseline of the same name; the first run stores it.');

const healthCheck = z
  .strictObject({
    type: z.literal('health'),
    name: checkName,
    url: exampleUrl.describe('What is requested, by GET.'),
    requests: z.number().int().min(1).max(1000).default(3).describe('How many requests are made, one after the other.'),
    limit: percent.prefault('0%').describe('The share of them that may be answered by another status than 2xx, or not at all.'),
  })
  .describe('A service that is well: it answers requests by a status of 2xx.');

function fieldPath() {
  return z.string({ error: 'must be text' }).regex(/^[\w$.-]{1,200}$/, 'must be a dotted path such as meta.requestId');
}

export const check = z.discriminatedUnion('type', [functionCheck, dataCheck, apiCheck, performanceCheck, healthCheck]);

export type Check = z.output<typeof check>;
