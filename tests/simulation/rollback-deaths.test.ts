import { describe, expect, it } from 'vitest';
import type { Scenario } from './scenario.ts';
import { CHAOS_MS, STARTS_AT } from './scheduler.ts';
import { simulate } from './simulate.ts';

/** An alarm that is delivered three times for a rollout of three stages. */
const tripped = (...times: number[]): Scenario => ({
  runs: [
    {
      key: 'run0',
      startsAt: 0,
      startedTwice: false,
      onFailure: 'rollback',
      resources: ['flag:f'],
      flags: ['f'],
      phases: [
        [
          {
            ...{ name: 'c00', effect: 'idempotent', steps: 3, segments: 0, undoable: true, failsAt: -1 },
            ...{ flag: 'f', rollbackWindow: CHAOS_MS },
          },
        ],
      ],
    },
  ],
  commands: times.map((at) => ({ at: STARTS_AT + at, what: 'trip', run: 'run0' })),
  faults: { crash: 0, stall: 0, lost: 0, late: 0, executionDies: 0, duplicates: 0 },
});

/** The same, with a component after it that a person takes back when all is over, and an alarm whose last delivery comes after the rollback window. */
const trippedInPart = (...times: number[]): Scenario => {
  const { runs, commands, faults } = tripped(...times);
  const last = { name: 'c10', effect: 'idempotent', steps: 2, segments: 0, undoable: true, failsAt: -1 } as const;
  return {
    runs: runs.map((run) => ({
      ...run,
      phases: [...run.phases.map((phase) => phase.map((one) => ({ ...one, rollbackWindow: 60_000 }))), [last]],
    })),
    commands: [{ at: STARTS_AT + PART, what: 'part', run: 'run0', component: 'c10' }, ...commands],
    faults,
  };
};
const PART = 20_000;

/** The functions of a rollback, and the one that an alarm calls. */
const GOING_BACK = /\.(?:trip|part|seize|undo\.c[01]0|end\.undo\.c[01]0|release)$/;

/** Plays it again and again, with a death at each await of them in turn; answers how many there are. */
async function dyingAtEach(scenario: Scenario): Promise<number> {
  for (let nth = 0, died = true; ; nth += 1) {
    died = false;
    let left = nth;
    const dies = (worker: string): boolean => {
      if (!GOING_BACK.test(worker) || left-- !== 0) return false;
      died = true;
      return true;
    };
    const { violations, statuses } = await simulate(1, undefined, { scenario, dies });
    expect({ nth, violations, statuses }).toEqual({ nth, violations: [], statuses: ['rolled-back'] });
    if (!died) return nth;
  }
}

describe('a rollback whose functions die', () => {
  it('is set off by the alarm alone', async () => {
    const { statuses } = await simulate(1, undefined, { scenario: tripped(), dies: () => false });
    expect(statuses).toEqual(['succeeded']);
  });

  it.each([
    ['before the first stage', 150],
    ['between stages and during shifts', 700],
    ['after the end', 5000],
  ])(
    'at any one await ends on the old side, every lock free, turned back once: tripped %s',
    async (_, at) => {
      expect(await dyingAtEach(tripped(at, at + 100, at + 300_000))).toBeGreaterThan(50);
    },
    60_000,
  );

  it.each([0, 400, 700, 950])(
    'at any one await takes back the rest where its guardrail trips %i ms after a component was to be taken back',
    async (after) => {
      const at = PART + after;
      expect(await dyingAtEach(trippedInPart(at, at + 300_000))).toBeGreaterThan(50);
    },
    60_000,
  );
});
