import { describe, expect, it } from 'vitest';
import { experiment, type KeptExperiment } from '../../../../shared/experiments/experiment.ts';
import { experimentVerdict } from '../../../../shared/experiments/experiment-verdict.ts';
import { resultsOf } from '../../../../shared/experiments/results.ts';
import type { Deed, Subject } from '../../../../shared/experiments/subject.ts';

const HOUR = 3_600_000;
const asked = (more: object = {}): KeptExperiment => ({
  ...experiment.parse({
    ...{ flag: 'f', control: 'off', treatment: 'on', minSample: 200, withinDays: 1 },
    measures: [{ name: 'orders', event: 'order', kind: 'conversion', primary: true }],
    ...more,
  }),
  ...{ key: 'k', id: 'i', startedAt: 0 },
});
const NOW = 160 * HOUR;

/** A thousand subjects, one each ten minutes on alternating sides; `orders` says who does what after its exposure. */
const people = (orders: (isNew: boolean, n: number, at: number) => readonly Deed[]): Subject[] =>
  Array.from({ length: 960 }, (_, n) => {
    const [isNew, exposedAt] = [n % 2 === 1, n * 600_000];
    return { cohort: isNew ? 'on' : 'off', exposedAt, moved: false, did: [...orders(isNew, Math.floor(n / 2), exposedAt)] };
  });
const order = (at: number, value = 1): Deed[] => [['order', at + 1000, value]];
const judged = (subjects: readonly Subject[], more: object = {}) => experimentVerdict(asked(more), subjects, NOW);
const checkOf = (verdict: ReturnType<typeof judged>, name: string) => verdict.checks.find((one) => one.name === name);

describe('the verdict of an experiment', () => {
  it('holds where nobody came, and where too few did', () => {
    expect(judged([])).toMatchObject({ decision: 'hold', reasons: expect.arrayContaining(['The experiment has no traffic.']) });
    expect(judged(people(() => []).slice(0, 100)).reasons).toContain('The smaller cohort has 50 of 200 subjects.');
  });

  it('promotes what is better, takes back what is worse, and holds what is not known to differ', () => {
    const share = (on: number, off: number) => people((isNew, n, at) => (n % 10 < (isNew ? on : off) ? order(at) : []));
    expect(judged(share(6, 3)).decision).toBe('promote');
    expect(judged(share(3, 6)).decision).toBe('rollback');
    expect(judged(share(4, 4)).decision).toBe('hold');
  });

  it('counts only what was done after the exposure, and in time', () => {
    const late = people((isNew, _, at) => (isNew ? [['order', at + 25 * HOUR, 1]] : [['order', at - 1, 1]]));
    const { measures } = resultsOf(asked(), late, NOW);
    expect(measures.map(({ events }) => events)).toEqual([0, 0]);
  });

  it('holds while the split is not the intended one', () => {
    const odd = people((_, n, at) => (n % 2 ? order(at) : [])).filter(({ cohort }, index) => cohort === 'off' || index % 4 === 1);
    expect(checkOf(judged(odd), 'split')).toMatchObject({ outcome: 'hold' });
    expect(checkOf(judged(odd, { shares: { control: 2, treatment: 1 } }), 'split')).toMatchObject({ outcome: 'pass' });
  });

  it('holds where subjects were shown both variations', () => {
    const moved = people(() => []).map((one, index) => ({ ...one, moved: index % 50 === 0 }));
    expect(checkOf(judged(moved), 'cohorts')).toMatchObject({ outcome: 'hold', value: expect.closeTo(20 / 960, 9) });
  });

  it('holds where the lead is less of late than it was, and not where both sides fell', () => {
    const half = 80 * HOUR;
    const faded = people((isNew, n, at) => (n % 10 < (isNew && at < half * 1.3 ? 8 : 2) ? order(at) : []));
    expect(checkOf(judged(faded), 'orders of late')).toMatchObject({ outcome: 'hold' });
    const season = people((isNew, n, at) => (n % 10 < (isNew ? 6 : 4) - (at < half ? 0 : 2) ? order(at) : []));
    expect(checkOf(judged(season), 'orders of late')).toMatchObject({ outcome: 'pass' });
  });

  it('takes out of a mean what the past of its subjects predicts', () => {
    const measures = [{ name: 'spent', event: 'order', kind: 'mean', primary: true }];
    const spenders = people((isNew, n, at) => [
      ['order', at - 1000, (n % 20) * 10],
      ['order', at + 1000, (n % 20) * 10 + (isNew ? 3 : 0) + (n % 3)],
    ]);
    const { measures: found } = resultsOf(asked({ measures }), spenders, NOW);
    expect(found[0]?.reduction).toBeGreaterThan(0.99);
    expect(judged(spenders, { measures }).decision).toBe('promote');
    const forgetful = spenders.map((one) => ({ ...one, did: one.did.slice(1) }));
    expect(judged(forgetful, { measures }).decision).toBe('hold');
  });
});
