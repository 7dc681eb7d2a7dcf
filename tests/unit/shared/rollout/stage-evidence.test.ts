import { describe, expect, it } from 'vitest';
import { guardrailsOf } from '../../../../shared/plan/rollout.ts';
import { evidenceOf, exposuresOf } from '../../../../shared/rollout/stage-evidence.ts';
import { DEAD, GOOD, inFirstStage, NONE } from './rollout-bed.ts';

const evidence = async (more: object, periods: number, on = GOOD, off = GOOD) => {
  const bed = await inFirstStage(more);
  const startedAt = bed.clock.now();
  await bed.serve(periods, on, off);
  const times = { rolloutStartedAt: startedAt, startedAt, now: bed.clock.now(), bake: bed.component.bake };
  const [guardrail] = guardrailsOf(bed.component);
  if (!guardrail) throw new Error('no guardrail');
  const [alarm] = await bed.alarms.read([`slipway-guardrail-staging-${bed.id}-search-${guardrail.name}`]);
  return {
    of: await evidenceOf(bed.metrics, bed.component, guardrail, alarm, times),
    exposures: await exposuresOf(bed.metrics, bed.component, times),
    startedAt,
  };
};
const errors = { type: 'rate', name: 'errors', events: 'Errors', of: 'Requests', limit: 5, period: '10s', window: '30s' };
const latency = { type: 'metric', name: 'slow', metric: 'Latency', statistic: 'p95', limit: 500, period: '10s', window: '30s' };

describe('the evidence on a stage', () => {
  it('counts exposures of each side from when clients have heard of the stage', async () => {
    // A tenth of the bake time, to the next ten seconds.
    expect((await evidence({ bake: '2m' }, 6)).exposures).toEqual({ control: 400, treatment: 400 });
    expect((await evidence({ bake: '1h' }, 6)).exposures).toEqual({ control: 300, treatment: 300 });
  });

  it('counts nothing where nobody was shown anything', async () => {
    expect((await evidence({}, 6, NONE, NONE)).exposures).toEqual({ control: 0, treatment: 0 });
  });

  it('knows when anybody reported last, on either side', async () => {
    const { of, startedAt } = await evidence({}, 3, DEAD, GOOD);
    expect(of.reportedAt).toBe(startedAt + 20_000);
    expect((await evidence({}, 3, DEAD, DEAD)).of.reportedAt).toBeNull();
  });

  it('counts what senders have added up, and each request once', async () => {
    const { of } = await evidence({}, 3, DEAD, { ...GOOD, errors: 100 });
    expect(of.recent).toEqual({ exposures: { control: 200, treatment: 200 }, reports: { control: 200, treatment: 0 } });
  });

  it('has no recent periods before two have passed', async () => {
    expect((await evidence({}, 1)).of.recent).toBeNull();
    expect((await evidence({}, 2)).of.recent).not.toBeNull();
  });

  it('compares only where the guardrail says so', async () => {
    expect((await evidence({ guardrails: [errors] }, 3)).of.comparison).toBeNull();
    const { comparison } = (await evidence({ guardrails: [{ ...errors, compare: {} }] }, 3, { ...GOOD, errors: 7 })).of;
    expect(comparison?.looks).toEqual(
      Array.from({ length: 3 }, () => ({ control: { events: 0, total: 100 }, treatment: { events: 7, total: 100 } })),
    );
  });

  it('has nothing to compare where the control has no values', async () => {
    const { of } = await evidence({ guardrails: [{ ...latency, compare: {} }] }, 3);
    expect(of.comparison).toEqual({ looks: [], before: [] });
  });

  it('takes the team’s own alarm as it reads', async () => {
    const { of } = await evidence({ guardrails: [{ type: 'alarm', name: 'ours', alarm: 'team' }] }, 1);
    expect(of).toMatchObject({ alarm: { state: 'INSUFFICIENT_DATA', reason: 'there is no alarm team.' }, recent: null });
  });

  it('shows a shift of the whole distribution as values beyond what the control usually keeps', async () => {
    const bed = await inFirstStage({ guardrails: [{ ...latency, compare: {} }] });
    const startedAt = bed.clock.now();
    const put = (variation: string, values: number[]) =>
      bed.metrics.put([{ namespace: 'Slipway', metric: 'Latency', dimensions: { variation }, at: startedAt, values }]);
    const usual = Array.from({ length: 100 }, (_, index) => index + 1);
    await put('off', usual);
    await put(
      'on',
      usual.map((value) => value + 50),
    );
    await bed.clock.advanceTo(startedAt + 10_000);
    const [guardrail] = guardrailsOf(bed.component);
    if (!guardrail) throw new Error('no guardrail');
    const times = { rolloutStartedAt: startedAt, startedAt, now: bed.clock.now(), bake: 60_000 };
    const { comparison } = await evidenceOf(bed.metrics, bed.component, guardrail, undefined, times);
    const look = comparison?.looks[0];
    expect(look?.control).toEqual({ events: 5, total: 100 });
    expect(look?.treatment.events).toBeGreaterThan(50);
  });
});
