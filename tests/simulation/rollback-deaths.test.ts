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

/** The functions of a rollback, and the one that an alarm calls. */
const GOING_BACK = /\.(?:trip|seize|undo\.c00|end\.undo\.c00|release)$/;

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
      let died = true;
      for (let nth = 0; died; nth += 1) {
        died = false;
        let left = nth;
        const dies = (worker: string): boolean => {
          if (!GOING_BACK.test(worker) || left-- !== 0) return false;
          died = true;
          return true;
        };
        const { violations, statuses } = await simulate(1, undefined, { scenario: tripped(at, at + 100, at + 300_000), dies });
        expect({ nth, violations, statuses }).toEqual({ nth, violations: [], statuses: ['rolled-back'] });
        if (!died) expect(nth).toBeGreaterThan(50);
      }
    },
    60_000,
  );
});
