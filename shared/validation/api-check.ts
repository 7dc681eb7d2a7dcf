import * as z from 'zod';
import type { Check } from '../plan/plan.ts';
import type { Http, HttpAnswer } from '../ports/http.ts';
import type { Value } from '../ports/store.ts';
import { messageOf } from '../run/work-steps.ts';
import type { CheckContext, CheckDeps, CheckSlice } from './check-context.ts';
import { judge } from './check-result.ts';
import { answersDiffer } from './compare-answers.ts';

export type ApiCheck = Extract<Check, { type: 'api' }>;
type Example = ApiCheck['requests'][number];

/** One request takes this long at most, ms. */
export const REQUEST_MS = 10_000;
const EXAMPLES = 3;

const carried = z.object({
  next: z.number(),
  compared: z.number(),
  differing: z.number(),
  examples: z.array(z.string()),
});

/**
 * Sends each example to the old and to the new service and counts the answers that differ. Where the old one gives no
 * answer there is nothing to compare with, and a single such example keeps the check from passing.
 */
export async function runApiCheck(
  deps: CheckDeps,
  whole: ApiCheck,
  context: CheckContext,
  until: number,
  carry?: Value,
): Promise<CheckSlice> {
  const timeoutMs = Math.min(REQUEST_MS, context.timeoutMs);
  const check = context.sample === undefined ? whole : { ...whole, requests: spread(whole.requests, context.sample) };
  let at = carry === undefined ? { next: 0, compared: 0, differing: 0, examples: [] } : carried.parse(carry);
  for (let first = true; at.next < check.requests.length; first = false) {
    const example = check.requests[at.next];
    if (!example) break;
    if (!first && deps.clock.now() + timeoutMs > until) return { carry: { ...at } };
    const { compared, odd } = await compareExample(deps.http, check, example, timeoutMs);
    at = {
      next: at.next + 1,
      compared: at.compared + (compared ? 1 : 0),
      differing: at.differing + (compared && odd !== undefined ? 1 : 0),
      examples:
        odd === undefined ? at.examples : [...at.examples, `${example.method} ${example.path}: ${odd}`].slice(0, EXAMPLES),
    };
  }
  return { result: verdict(check, at) };
}

/** So many of them, from the first to the last. */
const spread = <T>(all: readonly T[], count: number): T[] =>
  all.filter((_, at) => Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length));

const verdict = (check: ApiCheck, { compared, differing, examples }: z.output<typeof carried>) =>
  judge(check, {
    value: compared === 0 ? 0 : differing / compared,
    limit: check.limit,
    is: '<=',
    sample: compared,
    minSample: check.requests.length,
    detail: [`${differing} of ${compared} answers differ`, ...examples].join('; '),
  });

async function compareExample(
  http: Http,
  check: ApiCheck,
  example: Example,
  timeoutMs: number,
): Promise<{ readonly compared: boolean; readonly odd?: string }> {
  const [old, fresh] = await Promise.all([
    answer(http, check.old, example, timeoutMs),
    answer(http, check.new, example, timeoutMs),
  ]);
  if (typeof old === 'string') return { compared: false, odd: `old gave no answer: ${old}` };
  if (typeof fresh === 'string') return { compared: true, odd: `new gave no answer: ${fresh}` };
  const odd = answersDiffer(old, fresh, check.ignore);
  return { compared: true, ...(odd === undefined ? {} : { odd }) };
}

async function answer(http: Http, base: string, example: Example, timeoutMs: number): Promise<HttpAnswer | string> {
  const { method, path, body } = example;
  try {
    return await http.send({ method, url: base.replace(/\/$/, '') + path, timeoutMs, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    return messageOf(error);
  }
}
