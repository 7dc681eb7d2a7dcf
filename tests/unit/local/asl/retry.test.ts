import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DataLimitExceededError,
  HeartbeatTimeoutError,
  ReportedError,
  RuntimeError,
  TimeoutError,
} from '../../../../local/asl/errors.ts';
import { covers, planRetry } from '../../../../local/asl/retry.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { lambdaTask, machine, run, startOfTime } from './machine-builder.ts';

const mine = new ReportedError('Mine', undefined);

describe('what ErrorEquals covers', () => {
  it.each([
    [['Mine'], mine, true],
    [['Yours'], mine, false],
    [['States.ALL'], mine, true],
    [['States.ALL'], new ReportedError(undefined, undefined), true],
    [['States.TaskFailed'], mine, true],
    [['States.TaskFailed'], new TimeoutError(''), false],
    [['States.Timeout'], new HeartbeatTimeoutError(''), true],
    [['States.HeartbeatTimeout'], new TimeoutError(''), false],
    [['States.ALL'], new DataLimitExceededError(''), false],
    [['States.DataLimitExceeded'], new DataLimitExceededError(''), true],
    [['States.ALL', 'States.Runtime'], new RuntimeError(''), false],
  ])('%j, %s: %s', (patterns, error, expected) => {
    expect(covers(patterns, error)).toBe(expected);
  });
});

describe('a retry plan', () => {
  it('waits ever longer, up to MaxDelaySeconds, as often as MaxAttempts says', () => {
    const retriers = [{ ErrorEquals: ['Mine'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 4 }];
    const delays: number[] = [];
    let used: readonly number[] = [];
    for (
      let plan = planRetry(retriers, mine, used, () => 0);
      plan !== undefined;
      plan = planRetry(retriers, mine, used, () => 0)
    ) {
      used = plan.attempts;
      delays.push(plan.delayMs);
    }
    expect(delays).toEqual([2000, 6000, 10_000, 10_000]);
  });

  it('counts each retrier on its own, and asks only the first that covers the error', () => {
    const retriers = [{ ErrorEquals: ['Mine'], MaxAttempts: 1 }, { ErrorEquals: ['States.ALL'] }];
    expect(planRetry(retriers, mine, [], () => 0)).toEqual({ attempts: [1, 0], delayMs: 1000 });
    expect(planRetry(retriers, new ReportedError('Other', ''), [1, 0], () => 0)).toEqual({ attempts: [1, 1], delayMs: 1000 });
    expect(planRetry(retriers, mine, [1, 1], () => 0)).toBeUndefined();
  });

  it('stays between nothing and the full delay with jitter', () => {
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(draw, fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 60 }), (random, tries, cap) => {
        const retriers = [{ ErrorEquals: ['Mine'], MaxAttempts: 99, MaxDelaySeconds: cap, JitterStrategy: 'FULL' as const }];
        const { delayMs } = planRetry(retriers, mine, [tries], () => random) ?? { delayMs: -1 };
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(Math.min(2 ** tries, cap) * 1000);
      }),
    );
  });
});

describe('a task that fails', () => {
  const failing = async (): Promise<Value> => {
    throw Object.assign(new Error('no'), { name: 'Mine' });
  };

  it('is tried again with the same jitter for the same seed', async () => {
    const Retry = [{ ErrorEquals: ['Mine'], IntervalSeconds: 10, MaxAttempts: 3, JitterStrategy: 'FULL' }];
    const times = async (seed: number) =>
      (await run(machine({ T: lambdaTask('f', { Retry }) }), {}, { invoke: failing, seed })).stoppedAt;
    expect(await times(5)).toBe(await times(5));
    expect(await times(5)).not.toBe(await times(6));
  });

  it('knows how often it was tried, and is caught once its tries are used up', async () => {
    const counts: Value[] = [];
    const definition = machine({
      T: lambdaTask('f', {
        Arguments: '{% $states.context.State.RetryCount %}',
        Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 2 }],
        Catch: [
          { ErrorEquals: ['Other'], Next: 'Never' },
          {
            ErrorEquals: ['States.ALL'],
            Next: 'Caught',
            Assign: { why: '{% $states.errorOutput.Error %}' },
            Output: '{% $states.input %}',
          },
        ],
      }),
      Never: { Type: 'Fail' },
      Caught: { Type: 'Pass', Output: '{% [$why, $states.input] %}', End: true },
    });
    const ended = await run(definition, 'in', {
      invoke: (_, payload) => {
        counts.push(payload);
        return failing();
      },
    });
    expect(counts).toEqual([0, 1, 2]);
    expect(ended).toMatchObject({ output: ['Mine', 'in'], stoppedAt: startOfTime + 3000 });
  });

  it('starts counting anew when the state is entered again', async () => {
    let calls = 0;
    const definition = machine({
      T: lambdaTask('f', {
        Retry: [{ ErrorEquals: ['Mine'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['Mine'], Next: 'Again' }],
      }),
      Again: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $exists($twice) %}', Next: 'End' }],
        Default: 'T',
        Assign: { twice: true },
      },
      End: { Type: 'Succeed' },
    });
    await run(
      definition,
      {},
      {
        invoke: () => {
          calls += 1;
          return failing();
        },
      },
    );
    expect(calls).toBe(4);
  });
});
