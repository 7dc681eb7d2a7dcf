import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Workplace } from './cli-process.ts';

const byPath = z.strictObject({ old: z.number(), new: z.number() });
const stage = z.strictObject({
  percent: z.number(),
  enteredAt: z.number(),
  judgedAt: z.number().optional(),
  decision: z.string().optional(),
  sentences: z.array(z.string()),
});
const fault = z.strictObject({
  kind: z.string(),
  at: z.number(),
  injectedAt: z.number(),
  trippedAt: z.number(),
  guardrail: z.string(),
  reason: z.string(),
  flagAtOldAt: z.number(),
  lastOnNewAt: z.number(),
  rolledBackAt: z.number(),
});
const report = z.looseObject({
  status: z.literal('succeeded'),
  rollout: z.strictObject({
    run: z.string(),
    status: z.string(),
    seconds: z.number(),
    stages: z.array(stage),
    requests: byPath,
    failed: byPath,
    unanswered: z.number(),
    compared: z.number(),
    mismatches: z.number(),
    p95: byPath,
    fault: fault.optional(),
  }),
});

/** Stages are judged by whole periods of ten seconds: both demos take a minute, so they run side by side. */
describe.concurrent('the rollout of the demo', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await Workplace.open();
  });
  afterAll(() => place.close());

  it('takes the new search from 1 to 100 %, judging every stage', { timeout: 180_000 }, async () => {
    const ended = await place.run('demo', '--records', '3000', '--json', '--data-dir', 'good');
    expect(ended.code, ended.stderr).toBe(0);
    const { rollout } = report.parse(JSON.parse(ended.stdout));
    expect(rollout.status).toBe('succeeded');
    expect(rollout.stages.map(({ percent, decision }) => [percent, decision])).toEqual(
      [1, 10, 50, 100].map((percent) => [percent, 'promote']),
    );
    expect(rollout.stages[1]?.sentences.join(' ')).toContain('on the new path');
    expect(rollout.failed).toEqual({ old: 0, new: 0 });
    expect(rollout.requests.old).toBeGreaterThan(1000);
    expect(rollout.requests.new).toBeGreaterThan(1000);
    expect(rollout.compared).toBeGreaterThan(100);
    expect(rollout.mismatches).toBe(0);
    expect(ended.stderr).toContain('10 % is good');
  });

  it('is taken back by a guardrail when the new search breaks, and exits 5', { timeout: 180_000 }, async () => {
    const words = ['--fault', 'errors', '--at', '50', '--json', '--data-dir', 'bad'];
    const ended = await place.run('demo', '--records', '3000', ...words);
    expect(ended.code, ended.stderr).toBe(5);
    const { rollout } = report.parse(JSON.parse(ended.stdout));
    expect(rollout).toMatchObject({ status: 'rolled-back', fault: { kind: 'errors', at: 50, guardrail: 'errors' } });
    expect(rollout.stages.map(({ percent }) => percent)).toEqual([1, 10, 50]);
    expect(rollout.failed.new).toBeGreaterThan(0);
    expect(rollout.failed.new).toBeLessThan(rollout.requests.new);
    expect(rollout.failed.old).toBe(0);
    const { injectedAt, trippedAt, flagAtOldAt, lastOnNewAt, rolledBackAt } = fault.parse(rollout.fault);
    expect(trippedAt).toBeGreaterThan(injectedAt);
    expect(flagAtOldAt).toBeGreaterThanOrEqual(trippedAt);
    expect(rolledBackAt).toBeGreaterThanOrEqual(flagAtOldAt);
    expect(lastOnNewAt).toBeGreaterThan(injectedAt);
    // Two seconds of traffic follow the end: none of it reaches the new path.
    expect(lastOnNewAt).toBeLessThan(rolledBackAt + 1000);
  });
});
