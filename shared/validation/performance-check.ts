import * as z from 'zod';
import type { Check } from '../plan/plan.ts';
import type { Value } from '../ports/store.ts';
import { commit } from '../run/journal.ts';
import { baselineKey } from '../run/keys.ts';
import { SCHEMA_VERSION } from '../run/writes.ts';
import { REQUEST_MS } from './api-check.ts';
import type { CheckContext, CheckDeps, CheckSlice } from './check-context.ts';
import { type CheckResult, judge, unjudged } from './check-result.ts';

export type PerformanceCheck = Extract<Check, { type: 'performance' }>;

const carried = z.object({ sent: z.number(), durations: z.array(z.number()) });
type Measured = z.output<typeof carried>;

/**
 * p95 (ms) of requests sent one after the other, against the stored baseline. A failed request (no answer, or a status of
 * 400 and above) counts as infinitely slow: more than one in twenty and there is no p95 that could pass.
 */
export async function runPerformanceCheck(
  deps: CheckDeps,
  check: PerformanceCheck,
  context: CheckContext,
  until: number,
  carry?: Value,
): Promise<CheckSlice> {
  const timeoutMs = Math.min(REQUEST_MS, context.timeoutMs);
  const { sent, durations } = carry === undefined ? { sent: 0, durations: [] } : carried.parse(carry);
  const measured = [...durations];
  const requests = Math.min(check.requests, context.sample ?? check.requests);
  for (let at = sent; at < requests; at += 1) {
    if (at > sent && deps.clock.now() + timeoutMs > until) return { carry: { sent: at, durations: measured } };
    const duration = await measure(deps, check.url, timeoutMs);
    if (duration !== undefined) measured.push(duration);
  }
  return { result: await verdict(deps, check, context, { sent: requests, durations: measured }) };
}

async function measure(deps: CheckDeps, url: string, timeoutMs: number): Promise<number | undefined> {
  try {
    const { status, durationMs } = await deps.http.send({ method: 'GET', url, timeoutMs, once: true });
    return status < 400 ? Math.round(durationMs * 100) / 100 : undefined;
  } catch {
    return undefined;
  }
}

async function verdict(
  deps: CheckDeps,
  check: PerformanceCheck,
  context: CheckContext,
  { sent, durations }: Measured,
): Promise<CheckResult> {
  const failed = sent - durations.length;
  const p95 = percentile([...durations, ...Array<number>(failed).fill(Number.POSITIVE_INFINITY)], 0.95);
  const detail = failed === 0 ? '' : `${failed} of ${sent} requests failed`;
  const facts = { value: p95, is: '<=', sample: durations.length, minSample: check.minSample } as const;
  // Too little, or too slow to be a figure at all, must not become what later runs are measured against.
  if (durations.length < check.minSample || !Number.isFinite(p95)) return judge(check, { ...facts, limit: Number.NaN, detail });
  const baseline =
    context.sample === undefined
      ? await baselineOf(deps, check, context, p95, durations.length)
      : await keptBaseline(deps, check, context);
  if (!baseline)
    return unjudged(check, 'insufficient', `p95 is ${p95} ms, and no baseline is stored yet`, { sample: durations.length });
  const said = baseline.kept
    ? `stored ${p95} ms as the baseline`
    : `the baseline is ${baseline.p95} ms, of run ${baseline.runId}`;
  return judge(check, {
    ...facts,
    limit: baseline.p95 * (1 + check.limit),
    detail: [said, detail].filter((text) => text !== '').join('; '),
  });
}

interface Baseline {
  readonly p95: number;
  readonly kept: boolean;
  readonly runId: string;
}

async function keptBaseline(
  { store }: CheckDeps,
  check: PerformanceCheck,
  { environment, plan }: CheckContext,
): Promise<Baseline | undefined> {
  const item = await store.read(baselineKey(environment, plan, check.name));
  return item && { p95: Number(item['p95']), kept: false, runId: String(item['runId']) };
}

/** The first to measure keeps the baseline; whoever comes second is compared with it. A repeat of the first keeps what it kept. */
async function baselineOf(
  deps: CheckDeps,
  check: PerformanceCheck,
  { environment, plan, writer }: CheckContext,
  p95: number,
  sample: number,
): Promise<Baseline> {
  const { runId } = writer;
  const kept = await commit(deps, {
    name: 'baseline.keep',
    key: baselineKey(environment, plan, check.name),
    set: { p95, sample, url: check.url, runId, at: deps.clock.now(), schemaVersion: SCHEMA_VERSION },
    when: [{ test: 'absent', attribute: 'p95' }],
  });
  if (kept.applied) return { p95, kept: true, runId };
  return { p95: Number(kept.current?.['p95']), kept: false, runId: String(kept.current?.['runId']) };
}

/** Nearest rank: the smallest of the values that at least `share` of them do not exceed; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
