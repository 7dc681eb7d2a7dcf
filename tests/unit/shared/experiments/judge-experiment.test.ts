import { describe, expect, it } from 'vitest';
import { type ExperimentState, judgeExperiment, type Measure } from '../../../../shared/experiments/judge-experiment.ts';

const booked = (control: number, treatment: number, over: Partial<Measure> = {}): Measure =>
  ({
    name: 'booked',
    kind: 'conversion',
    better: 'higher',
    primary: true,
    control: { events: control, total: 10_000 },
    treatment: { events: treatment, total: 10_000 },
    ...over,
  }) as Measure;
const waited = (control: number, treatment: number): Measure => ({
  name: 'waited',
  kind: 'mean',
  better: 'lower',
  primary: false,
  control: { n: 10_000, mean: control, variance: 400 },
  treatment: { n: 10_000, mean: treatment, variance: 400 },
});
const experiment = (over: Partial<ExperimentState> = {}): ExperimentState => ({
  exposures: { control: 10_000, treatment: 10_000 },
  shares: { control: 50, treatment: 50 },
  minSample: 1000,
  measures: [booked(1000, 1300)],
  alpha: 0.05,
  ...over,
});

describe('judgeExperiment', () => {
  it('promotes what is better for certain', () => {
    const verdict = judgeExperiment(experiment());
    expect(verdict.decision).toBe('promote');
    expect(verdict.checks[2]?.sentence).toMatch(/^booked is better: a ratio of 1.3, between 1\.\d+ and 1\.\d+\.$/);
  });

  it('holds what is not known yet', () => {
    expect(judgeExperiment(experiment({ measures: [booked(1000, 1020)] })).decision).toBe('hold');
    expect(judgeExperiment(experiment({ measures: [booked(0, 0)] })).reasons[0]).toContain(
      'a ratio of not known yet, between 0 and any',
    );
  });

  it('takes back what is worse, in a measure that it is not for too', () => {
    expect(judgeExperiment(experiment({ measures: [booked(1300, 1000)] })).decision).toBe('rollback');
    const slower = judgeExperiment(experiment({ measures: [booked(1000, 1300), waited(100, 105)] }));
    expect(slower).toMatchObject({
      decision: 'rollback',
      reasons: [expect.stringMatching(/^waited is worse: a difference of 5, between /)],
    });
    expect(judgeExperiment(experiment({ measures: [booked(1000, 1300), waited(100, 100.2)] })).decision).toBe('promote');
    expect(judgeExperiment(experiment({ measures: [booked(1000, 1300), waited(100, 95)] })).decision).toBe('promote');
  });

  it('holds without traffic, with too little, and where the split is broken', () => {
    const none = { name: 'booked', kind: 'conversion', better: 'higher', primary: true } as const;
    const empty = { ...none, control: { events: 0, total: 0 }, treatment: { events: 0, total: 0 } };
    const verdict = judgeExperiment(experiment({ exposures: { control: 0, treatment: 0 }, measures: [empty] }));
    expect(verdict).toMatchObject({ decision: 'hold', reasons: ['The experiment has no traffic.', expect.any(String)] });
    expect(judgeExperiment(experiment({ exposures: { control: 990, treatment: 1010 } })).reasons).toEqual([
      'The smaller cohort has 990 of 1000 subjects.',
    ]);
    expect(judgeExperiment(experiment({ exposures: { control: 11_000, treatment: 10_000 } })).reasons[0]).toContain(
      'the split is broken',
    );
    expect(judgeExperiment(experiment({ exposures: { control: Number.NaN, treatment: 10_000 } })).decision).toBe('hold');
  });

  it('asks more of each measure where there are many', () => {
    const close = (extra: number): Measure[] => [booked(1000, 1200), ...Array.from({ length: extra }, () => waited(100, 100))];
    expect(judgeExperiment(experiment({ measures: close(0) })).decision).toBe('promote');
    expect(judgeExperiment(experiment({ measures: close(30) })).decision).toBe('hold');
  });
});
