import * as z from 'zod';
import type { Check } from '../plan/plan.ts';
import type { Value } from '../ports/store.ts';
import { REQUEST_MS } from './api-check.ts';
import type { CheckContext, CheckDeps, CheckSlice } from './check-context.ts';
import { judge } from './check-result.ts';

export type HealthCheck = Extract<Check, { type: 'health' }>;

const carried = z.object({ sent: z.number(), failed: z.number(), last: z.string() });

/** Asks a service one request after the other, none of them twice: what is not answered by a status of 2xx has failed. */
export async function runHealthCheck(
  deps: CheckDeps,
  check: HealthCheck,
  context: CheckContext,
  until: number,
  carry?: Value,
): Promise<CheckSlice> {
  const timeoutMs = Math.min(REQUEST_MS, context.timeoutMs);
  let at = carry === undefined ? { sent: 0, failed: 0, last: '' } : carried.parse(carry);
  for (let first = true; at.sent < check.requests; first = false) {
    if (!first && deps.clock.now() + timeoutMs > until) return { carry: at };
    const failure = await ask(deps, check.url, timeoutMs);
    at = { sent: at.sent + 1, failed: at.failed + (failure === undefined ? 0 : 1), last: failure ?? at.last };
  }
  const detail = at.failed === 0 ? '' : `${at.failed} of ${at.sent} requests failed, the last one: ${at.last}`;
  const { limit } = check;
  return {
    result: judge(check, { value: at.failed / at.sent, limit, is: '<=', sample: at.sent, minSample: check.requests, detail }),
  };
}

/** Why it is not well; undefined where it is. */
async function ask({ http }: CheckDeps, url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const { status } = await http.send({ method: 'GET', url, timeoutMs, once: true });
    return status >= 200 && status < 300 ? undefined : `status ${status}`;
  } catch {
    return 'no answer';
  }
}
