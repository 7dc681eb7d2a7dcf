import { describe, expect, it } from 'vitest';
import { metricSpans } from '../../../../adapters/aws/metric-spans.ts';
import { exposureSeries } from '../../../../shared/flags/exposure-series.ts';
import { guardrailsOf } from '../../../../shared/guardrails/guardrails-of.ts';
import type { Metrics } from '../../../../shared/ports/metrics.ts';
import { askTogether } from '../../../../shared/rollout/ask-together.ts';
import { evidenceOf, exposuresOf } from '../../../../shared/rollout/stage-evidence.ts';
import { DEAD, GOOD, inFirstStage, NONE } from './rollout-bed.ts';

const evidence = async (more: object, periods: number, on = GOOD, off = GOOD) => {
  const bed = await inFirstStage(more);
  const startedAt = bed.clock.now();
  await bed.serve(periods, on, off);
  const times = { rolloutStartedAt: startedAt, startedAt, now: bed.clock.now(), bake: bed.component.bake, percent: 10 };
  const [guardrail] = guardrailsOf(bed.component);
  if (!guardrail) throw new Error('no guardrail');
  const [alarm] = await bed.alarms.read([`slipway-guardrail-staging-${bed.id}-search-${guardrail.name}`]);
  return {
    of: await evidenceOf(bed.metrics, bed, guardrail, alarm, times),
    exposures: (await exposuresOf(bed.metrics, bed, times)).byArm,
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

  it('counts what flag providers report of this flag in this environment, where the plan’s own series is empty', async () => {
    const bed = await inFirstStage();
    const startedAt = bed.clock.now();
    const put = (environment: string, flag: string, variation: string, count: number) =>
      bed.metrics.put([{ ...exposureSeries(environment, flag, variation), at: startedAt + 10_000, values: [count] }]);
    await put('staging', 'new-search', 'on', 2);
    // Clients that are told of the stage at once tell of most keys in its first seconds, and never again.
    await bed.metrics.put([{ ...exposureSeries('staging', 'new-search', 'on'), at: startedAt + 1000, values: [1] }]);
    await put('staging', 'new-search', 'off', 30);
    await put('production', 'new-search', 'on', 500);
    await put('staging', 'other', 'on', 500);
    await bed.clock.advanceTo(startedAt + 20_000);
    const times = { rolloutStartedAt: startedAt, startedAt, now: bed.clock.now(), bake: 60_000, percent: 10 };
    expect(await exposuresOf(bed.metrics, bed, times)).toEqual({ byArm: { control: 30, treatment: 3 }, provided: true });
    await bed.metrics.put([
      { namespace: 'Slipway', metric: 'Exposures', dimensions: { variation: 'off' }, at: startedAt + 10_000, values: [7] },
    ]);
    expect(await exposuresOf(bed.metrics, bed, times)).toEqual({ byArm: { control: 7, treatment: 0 }, provided: false });
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

  it('asks for exposures of late only where the new side is silent and the control is not', async () => {
    expect((await evidence({}, 3)).of.recent).toBeNull();
    expect((await evidence({}, 3, DEAD, DEAD)).of.recent).toBeNull();
  });

  it('has no recent periods before two have passed', async () => {
    expect((await evidence({}, 1, DEAD)).of.recent).toBeNull();
    expect((await evidence({}, 2, DEAD)).of.recent).not.toBeNull();
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
    const times = { rolloutStartedAt: startedAt, startedAt, now: bed.clock.now(), bake: 60_000, percent: 10 };
    const { comparison } = await evidenceOf(bed.metrics, bed, guardrail, undefined, times);
    const look = comparison?.looks[0];
    expect(look?.control).toEqual({ events: 5, total: 100 });
    expect(look?.treatment.events).toBeGreaterThan(50);
  });

  describe('of a long stage', () => {
    const DAY = 86_400_000;
    const minutely = { period: '60s', window: '5m', compare: {} };
    const guardrails = [
      { ...errors, ...minutely },
      { ...latency, ...minutely },
    ];

    /** What one look at a stage of that age asks CloudWatch, in series of a request. */
    async function charged(age: number, more: object = {}, percent = 10) {
      const bed = await inFirstStage({ guardrails, ...more });
      const now = bed.clock.now() + age;
      const asked: string[] = [];
      const figures: Metrics['figures'] = async (questions, range) => {
        const spans = metricSpans(range, now);
        asked.push(
          ...spans.flatMap(() => [...new Set(questions.map(({ metric, dimensions }) => JSON.stringify([metric, dimensions])))]),
        );
        const at = range.to - range.periodMs;
        return questions.map(({ statistic }) => [{ at, value: statistic === 'p95' ? 100 : 50 }]);
      };
      const times = { rolloutStartedAt: now - age, startedAt: now - age, now, bake: 30 * DAY, percent };
      const metrics = askTogether({ figures });
      await Promise.all([
        exposuresOf(metrics, bed, times),
        ...guardrailsOf(bed.component).map((guardrail) => evidenceOf(metrics, bed, guardrail, undefined, times)),
      ]);
      return asked.length;
    }

    it('asks for two exposures, four counts, and the latencies with what is usual of them, however old it is', async () => {
      for (const age of [3_600_000, 10 * 3_600_000, DAY, 29 * DAY]) expect(await charged(age)).toBe(9);
    });

    it('asks no more where periods are of ten seconds', async () => {
      const fine = guardrails.map((guardrail) => ({ ...guardrail, period: '10s' }));
      for (const age of [600_000, 3_600_000, 29 * DAY]) expect(await charged(age, { guardrails: fine })).toBe(9);
    });

    it('asks for what two guardrails share once', async () => {
      const timeouts = { ...errors, ...minutely, name: 'timeouts', events: 'Timeouts' };
      expect(await charged(DAY, { guardrails: [...guardrails, timeouts] })).toBe(11);
    });

    it('asks for the control of before where there is none beside it', async () => {
      expect(await charged(DAY, {}, 100)).toBe(12);
    });
  });

  it('compares at 100 % with the control before, however long the stage has lasted', async () => {
    const bed = await inFirstStage({ guardrails: [{ ...latency, compare: {} }] });
    const startedAt = bed.clock.now();
    const put = (variation: string, at: number, values: number[]) =>
      bed.metrics.put([{ namespace: 'Slipway', metric: 'Latency', dimensions: { variation }, at, values }]);
    await put('off', startedAt - 10_000, [100, 100, 100]);
    const now = startedAt + 26 * 3_600_000;
    await bed.clock.advanceTo(now);
    await put('on', now - 10_000, [200, 200]);
    const [guardrail] = guardrailsOf(bed.component);
    if (!guardrail) throw new Error('no guardrail');
    const times = { rolloutStartedAt: startedAt, startedAt, now, bake: 60_000, percent: 100 };
    const { comparison } = await evidenceOf(bed.metrics, bed, guardrail, undefined, times);
    expect(comparison?.before).toEqual([{ events: 0, total: 3 }]);
    expect(comparison?.looks.at(-1)?.treatment).toEqual({ events: 2, total: 2 });
  });
});
