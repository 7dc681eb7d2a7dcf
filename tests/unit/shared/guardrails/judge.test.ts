import { describe, expect, it } from 'vitest';
import type { Count, Look } from '../../../../shared/experiments/rate-shift.ts';
import type { Check, Verdict } from '../../../../shared/experiments/verdict.ts';
import { type GuardrailInput, guardrailSchema } from '../../../../shared/guardrails/guardrail.ts';
import { judge } from '../../../../shared/guardrails/judge.ts';
import type { GuardrailEvidence, StageState } from '../../../../shared/guardrails/stage-state.ts';

const MINUTE = 60_000;
const ERROR_RATE: GuardrailInput = {
  name: 'error-rate',
  type: 'rate',
  events: 'errors',
  of: 'requests',
  limit: 1,
  period: '10s',
  compare: {},
};
const count = (events: number, total: number): Count => ({ events, total });
const look = (control: Count, treatment: Count): Look => ({ control, treatment });
/** Half an hour of the control, at 0.5 %. */
const BEFORE = Array.from({ length: 180 }, () => count(5, 1000));
const same = (length: number): Look[] => Array.from({ length }, () => look(count(5, 1000), count(5, 1000)));

const evidence = (over: Partial<GuardrailEvidence> = {}, guardrail: GuardrailInput = ERROR_RATE): GuardrailEvidence => ({
  guardrail: guardrailSchema.parse(guardrail),
  alarm: { state: 'OK', reason: '0 of 5 datapoints > 1.', value: 0.5, sample: 5000, refused: [] },
  reportedAt: 20 * MINUTE,
  recent: { exposures: { control: 500, treatment: 500 }, reports: { control: 500, treatment: 500 } },
  comparison: { looks: same(60), before: BEFORE },
  ...over,
});

const stage = (over: Partial<StageState> = {}): StageState => ({
  now: 20 * MINUTE,
  percent: 50,
  rolloutStartedAt: 0,
  startedAt: 10 * MINUTE,
  bake: 10 * MINUTE,
  minSample: 1000,
  exposures: { control: 5000, treatment: 5000 },
  split: 'percentage',
  guardrails: [evidence()],
  ...over,
});

const named = (verdict: Verdict, name: string): Check | undefined => verdict.checks.find((check) => check.name === name);
const withAlarm = (alarm: Partial<GuardrailEvidence['alarm']>, guardrail: Partial<GuardrailInput> = {}): StageState =>
  stage({
    guardrails: [evidence({ alarm: { ...evidence().alarm, ...alarm } }, { ...ERROR_RATE, ...guardrail } as GuardrailInput)],
  });

describe('judge', () => {
  it('promotes a stage that has baked, has its sample, and whose guardrails are quiet', () => {
    const verdict = judge(stage());
    expect(verdict).toMatchObject({ decision: 'promote', reasons: ['All 5 checks passed.'] });
    expect(verdict.checks.map(({ name }) => name)).toEqual(['bake', 'sample', 'split', 'error-rate', 'error-rate/control']);
    expect(named(verdict, 'error-rate/control')).toMatchObject({
      value: 1,
      limit: 1.1,
      sample: { control: 60_000, treatment: 60_000 },
    });
  });

  describe('holds where there is too little to go on', () => {
    it('before the bake time is over', () => {
      expect(judge(stage({ now: 20 * MINUTE - 1 }))).toMatchObject({ decision: 'hold' });
      expect(judge(stage({ startedAt: 30 * MINUTE }))).toMatchObject({ decision: 'hold' });
    });

    it('without traffic', () => {
      const verdict = judge(stage({ exposures: { control: 0, treatment: 0 } }));
      expect(verdict).toMatchObject({ decision: 'hold', reasons: ['No traffic has reached the new path; 1000 are needed.'] });
    });

    it('with too little of it in either arm', () => {
      expect(judge(stage({ exposures: { control: 980, treatment: 1050 } })).decision).toBe('hold');
      expect(judge(stage({ exposures: { control: 1050, treatment: 999 } })).decision).toBe('hold');
    });

    it('where exposures cannot be', () => {
      expect(judge(stage({ exposures: { control: Number.NaN, treatment: 5000 } })).decision).toBe('hold');
      expect(judge(stage({ exposures: { control: 5000, treatment: Number.POSITIVE_INFINITY } })).decision).toBe('hold');
    });

    it('without data, and says after two periods that nobody sends any', () => {
      const silent = evidence({ reportedAt: null, recent: null, comparison: { looks: [], before: [] } });
      const young = judge(stage({ rolloutStartedAt: 20 * MINUTE - 15_000, guardrails: [silent] }));
      expect(named(young, 'error-rate')).toMatchObject({
        outcome: 'hold',
        sentence: 'The guardrail error-rate waits for its first data.',
      });
      const verdict = judge(stage({ rolloutStartedAt: 20 * MINUTE - 20_000, guardrails: [silent] }));
      expect(verdict.decision).toBe('hold');
      expect(named(verdict, 'error-rate')?.sentence).toBe(
        'Nobody has sent requests for 0.3 min: check its name and its dimensions.',
      );
    });

    it('where the alarm has too little data', () => {
      expect(judge(withAlarm({ state: 'INSUFFICIENT_DATA', value: null }))).toMatchObject({ decision: 'hold' });
    });

    it('where data came that cannot be used', () => {
      const verdict = judge(withAlarm({ refused: ['A datapoint of errors has the value NaN.'] }));
      expect(verdict.decision).toBe('hold');
      expect(verdict.reasons[0]).toContain('has the value NaN');
    });

    it.each([count(12, 10), count(Number.NaN, 10), count(-1, 10), count(1, Number.POSITIVE_INFINITY)])(
      'on impossible counts: %j',
      (odd) => {
        const verdict = judge(
          stage({ guardrails: [evidence({ comparison: { looks: [look(count(1, 10), odd)], before: [] } })] }),
        );
        expect(verdict.decision).toBe('hold');
        expect(named(verdict, 'error-rate/control')).toMatchObject({ outcome: 'hold', interval: null });
      },
    );

    it('where one arm has nothing to compare', () => {
      const comparison = { looks: [look(count(0, 0), count(5, 100))], before: [] };
      expect(judge(stage({ guardrails: [evidence({ comparison })] })).reasons[0]).toContain('has nothing from the control yet');
    });

    it('where the stage has not lasted a whole period yet', () => {
      const comparison = { looks: [], before: [] };
      expect(judge(stage({ guardrails: [evidence({ comparison })] })).reasons[0]).toContain(
        'waits for the first whole period of 10 s of the stage',
      );
    });

    it('where the split is not the intended one', () => {
      const verdict = judge(stage({ exposures: { control: 5500, treatment: 4500 } }));
      expect(verdict.decision).toBe('hold');
      expect(verdict.reasons[0]).toContain('The new path got 45 % of exposures instead of 50 %');
      expect(judge(stage({ exposures: { control: 5500, treatment: 4500 }, split: 'other' })).decision).toBe('promote');
    });

    it('where nothing at all is watched it still needs time and traffic', () => {
      expect(judge(stage({ guardrails: [], now: 11 * MINUTE })).decision).toBe('hold');
      expect(judge(stage({ guardrails: [] })).decision).toBe('promote');
    });
  });

  it('does what the guardrail says when it trips, before the bake time and without a sample too', () => {
    const tripped = { state: 'ALARM', value: 3, reason: '3 of 5 datapoints > 1.' } as const;
    const early = { now: 10 * MINUTE, exposures: { control: 0, treatment: 3 } };
    expect(judge({ ...withAlarm(tripped), ...early })).toMatchObject({
      decision: 'rollback',
      reasons: ['The guardrail error-rate has tripped: 3 of 5 datapoints > 1.'],
    });
    expect(judge(withAlarm(tripped, { action: 'hold' })).decision).toBe('hold');
    expect(judge(withAlarm(tripped, { action: 'alert' }))).toMatchObject({ decision: 'promote' });
  });

  it('reads the state of a named alarm', () => {
    const alarm = (state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'): Verdict => {
      const reading = { state, reason: 'read.', value: null, sample: 0, refused: [] };
      const of = evidence(
        { alarm: reading, reportedAt: null, recent: null, comparison: null },
        { name: 'team', type: 'alarm', alarm: 'team-alarm' },
      );
      return judge(stage({ guardrails: [of] }));
    };
    expect([alarm('OK').decision, alarm('ALARM').decision, alarm('INSUFFICIENT_DATA').decision]).toEqual([
      'promote',
      'rollback',
      'hold',
    ]);
  });

  it('lets a guardrail that only alerts hold nothing', () => {
    const quiet = evidence({ reportedAt: null, recent: null, comparison: null }, { ...ERROR_RATE, action: 'alert' });
    const verdict = judge(stage({ guardrails: [quiet] }));
    expect(verdict.decision).toBe('promote');
    expect(named(verdict, 'error-rate')?.outcome).toBe('alert');
  });

  describe('takes back a path that is dead', () => {
    const recent = (exposures: [number, number], reports: [number, number]): StageState => {
      const [control, treatment] = exposures;
      const [controlReports, treatmentReports] = reports;
      return stage({
        guardrails: [
          evidence({
            recent: { exposures: { control, treatment }, reports: { control: controlReports, treatment: treatmentReports } },
          }),
        ],
      });
    };

    it('where it is exposed and silent while the control reports', () => {
      const verdict = judge(recent([500, 500], [500, 0]));
      expect(verdict.decision).toBe('rollback');
      expect(verdict.reasons[0]).toBe(
        'The new path is dead: 500 exposures and no report for error-rate, while the control sent 500.',
      );
    });

    it('but not where luck explains the silence, nobody is exposed, or the control is silent too', () => {
      expect(judge(recent([990, 10], [990, 0])).decision).not.toBe('rollback');
      expect(judge(recent([500, 0], [500, 0])).decision).not.toBe('rollback');
      expect(judge(recent([500, 500], [0, 0])).decision).not.toBe('rollback');
      expect(judge(recent([0, 0], [0, 0])).decision).not.toBe('rollback');
      expect(judge(recent([500, 500], [500, 1])).decision).not.toBe('rollback');
    });
  });

  describe('compares with the concurrent control', () => {
    const judged = (looks: Look[], over: Partial<StageState> = {}): Verdict =>
      judge(stage({ guardrails: [evidence({ comparison: { looks, before: BEFORE } })], ...over }));
    const step = (control: Count, treatment: Count): Look[] => [
      ...same(54),
      ...Array.from({ length: 6 }, () => look(control, treatment)),
    ];

    it('takes a step of errors back, though long good hours came before, and says how it knows', () => {
      const verdict = judged(step(count(5, 1000), count(20, 1000)));
      expect(verdict.decision).toBe('rollback');
      const check = named(verdict, 'error-rate/control');
      expect(check).toMatchObject({ outcome: 'rollback', limit: 1.1 });
      expect(check?.sentence).toMatch(
        /^error-rate is worse on the new path: 2 % \(120 of 6000\) in the last 60 s, 0.5 % \(30 of 6000\) on the control at the same time; luck alone does that with chance \de-\d+\.$/,
      );
      expect(check?.interval?.low).toBeGreaterThan(1.1);
    });

    it('does not blame the new path for what hits both', () => {
      expect(judged(step(count(60, 1000), count(62, 1000))).decision).not.toBe('rollback');
    });

    it('holds what is suspicious, and does not act on it', () => {
      expect(judged(step(count(5, 1000), count(10, 1000))).decision).toBe('hold');
    });

    it('does what the action says', () => {
      const of = (action: 'hold' | 'alert'): Verdict => {
        const comparison = { looks: step(count(5, 1000), count(20, 1000)), before: BEFORE };
        return judge(stage({ guardrails: [evidence({ comparison }, { ...ERROR_RATE, action })] }));
      };
      expect([of('hold').decision, of('alert').decision]).toEqual(['hold', 'promote']);
    });

    it('holds at 100 %, where only the past is left to compare with', () => {
      const last = (events: number): Verdict =>
        judged([look(count(0, 0), count(events, 60_000))], { percent: 100, exposures: { control: 0, treatment: 60_000 } });
      expect(last(300).decision).toBe('promote');
      expect(last(600)).toMatchObject({ decision: 'hold' });
      expect(last(600).reasons[0]).toContain('a person decides');
    });
  });
});
