import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import { CircuitOpenError } from '../../../../shared/errors/user-code-errors.ts';
import { retry } from '../../../../shared/plan/component.ts';
import { retryDelay } from '../../../../shared/resilience/retry-delay.ts';
import { isRetryable } from '../../../../shared/resilience/retryable-error.ts';

const late = new UserCodeTimeoutError('late');

describe('retryDelay', () => {
  it('waits a random time up to 2, 4 and 8 s, then gives up', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const delays = [1, 2, 3, 4].map((attempt) => retryDelay(retry.parse({}), late, attempt, { now: 0, random }));
        expect(delays).toEqual(
          [2000, 4000, 8000].map((most) => Math.round(most * random)).concat([undefined as unknown as number]),
        );
      }),
    );
  });
  it('repeats the last delay, and none at all where the plan says so', () => {
    const policy = retry.parse({ attempts: 5, maxDelays: ['1s', '3s'] });
    expect(retryDelay(policy, late, 5, { now: 0, random: 1 })).toBe(3000);
    expect(retryDelay(retry.parse({ attempts: 0 }), late, 1, { now: 0, random: 1 })).toBeUndefined();
  });
  it('waits for an open circuit to let calls through', () => {
    const open = new CircuitOpenError('open', 31_000);
    expect(retryDelay(retry.parse({}), open, 1, { now: 1000, random: 0.5 })).toBe(31_000);
    expect(retryDelay(retry.parse({}), open, 1, { now: 40_000, random: 0.5 })).toBe(1000);
  });
});

describe('isRetryable', () => {
  it('knows connection, time-out and throttling by code, name and status', () => {
    const yes = [
      { code: 'ETIMEDOUT' },
      { code: 'EAI_AGAIN' },
      { status: 429 },
      { statusCode: 503 },
      { $metadata: { httpStatusCode: 429 } },
    ];
    for (const facts of yes) expect(isRetryable(Object.assign(new Error('x'), facts))).toBe(true);
    expect(isRetryable(Object.assign(new Error('x'), { name: 'TooManyRequestsException' }))).toBe(true);
  });
  it('heeds what the error says of itself, and repeats nothing else', () => {
    expect(isRetryable(Object.assign(new Error('x'), { code: 'ETIMEDOUT', retryable: false }))).toBe(false);
    for (const error of [new Error('x'), Object.assign(new Error('x'), { status: 500 }), 'ETIMEDOUT', null, { code: 23 }]) {
      expect(isRetryable(error)).toBe(false);
    }
  });
});
