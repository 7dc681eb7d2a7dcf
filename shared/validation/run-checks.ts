import * as z from 'zod';
import type { Check } from '../plan/plan.ts';
import type { Value } from '../ports/store.ts';
import { isRetryable } from '../resilience/retryable-error.ts';
import { messageOf } from '../run/work-steps.ts';
import { runApiCheck } from './api-check.ts';
import type { CheckContext, CheckDeps, CheckSlice } from './check-context.ts';
import { type CheckResult, unjudged } from './check-result.ts';
import { runDataCheck } from './data-check.ts';
import { runFunctionCheck } from './function-check.ts';
import { runHealthCheck } from './health-check.ts';
import { runPerformanceCheck } from './performance-check.ts';
import { readValidations, recordValidation } from './record-validation.ts';

export type ChecksOutcome =
  | { readonly outcome: 'done'; readonly passed: boolean; readonly results: readonly CheckResult[] }
  /** Go on from `carry` in another invocation. */
  | { readonly outcome: 'more'; readonly carry: Value };

const carried = z.object({ check: z.number(), startedAt: z.number(), inner: z.json().exactOptional() });
/** A function check that is not the first of its slice gets this much of it at least, ms. */
const LEAST_CALL_MS = 30_000;
type Carried = z.output<typeof carried>;

/**
 * Runs every check, also after one has failed, and stores each result as soon as it is known. Works until `until` (epoch
 * ms) is near and hands on where it is. The results of the end are read back, so none of an earlier slice is missing.
 */
export async function runChecks(
  deps: CheckDeps,
  checks: readonly Check[],
  context: CheckContext,
  until: number,
  carry?: Value,
): Promise<ChecksOutcome> {
  let at: Carried = carry === undefined ? { check: 0, startedAt: deps.clock.now() } : carried.parse(carry);
  for (let first = true; at.check < checks.length; first = false) {
    const check = checks[at.check];
    if (!check) break;
    // A single call cannot be sliced: it gets a slice of its own rather than a short rest of one.
    const short = check.type === 'function' && deps.clock.now() + Math.min(context.timeoutMs, LEAST_CALL_MS) > until;
    if (!first && (short || deps.clock.now() >= until)) return { outcome: 'more', carry: { ...at, startedAt: deps.clock.now() } };
    const slice = await runCheck(deps, check, context, until, at);
    if ('carry' in slice) return { outcome: 'more', carry: { ...at, inner: slice.carry } };
    await recordValidation(deps, context, slice.result);
    at = { check: at.check + 1, startedAt: deps.clock.now() };
  }
  const results = await readValidations(
    deps,
    context.writer.runId,
    context.scope,
    checks.map(({ name }) => name),
  );
  const passed = results.length === checks.length && results.every(({ outcome }) => outcome === 'pass');
  return { outcome: 'done', passed, results };
}

/** Each check on a sample, one after the other until `until` (epoch ms); nothing is stored. What there was no time for is told as such. */
export async function sampleChecks(
  deps: CheckDeps,
  checks: readonly Check[],
  context: CheckContext & { readonly sample: number },
  until: number,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const startedAt = deps.clock.now();
    const slice = startedAt >= until ? undefined : await runCheck(deps, check, context, until, { startedAt });
    const late = 'a call had no time for all of it; take a smaller sample';
    results.push(slice && 'result' in slice ? slice.result : unjudged(check, 'insufficient', late));
  }
  return results;
}

/** One slice of one check. What goes wrong in it is its result: a check that cannot be carried out does not pass. */
async function runCheck(
  deps: CheckDeps,
  check: Check,
  context: CheckContext,
  until: number,
  at: Pick<Carried, 'startedAt' | 'inner'>,
): Promise<CheckSlice> {
  const timesOut = at.startedAt + context.timeoutMs;
  try {
    const slice = await dispatch(deps, check, context, Math.min(until, timesOut), at.inner);
    if ('result' in slice || deps.clock.now() < timesOut) return slice;
    return { result: unjudged(check, 'insufficient', `not done within ${context.timeoutMs} ms, the time-out of a check`) };
  } catch (error) {
    return { result: unjudged(check, isRetryable(error) ? 'insufficient' : 'fail', messageOf(error)) };
  }
}

function dispatch(
  deps: CheckDeps,
  check: Check,
  context: CheckContext,
  until: number,
  carry: Value | undefined,
): Promise<CheckSlice> {
  switch (check.type) {
    case 'function':
      return runFunctionCheck(deps, check, context, until);
    case 'data':
      return runDataCheck(deps, check, context, until, carry);
    case 'api':
      return runApiCheck(deps, check, context, until, carry);
    case 'performance':
      return runPerformanceCheck(deps, check, context, until, carry);
    case 'health':
      return runHealthCheck(deps, check, context, until, carry);
  }
}
