import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { intervalOf, matches, Triggers } from '../../../local/triggers.ts';
import type { Execution } from '../../../shared/ports/workflow.ts';

const pattern = { source: ['aws.states'], detail: { status: ['FAILED', 'ABORTED'], stateMachineArn: ['arn:m'] } };
const execution = (status: Execution['status']): Execution => ({ arn: 'arn:e', machine: 'run', name: 'e', status, startedAt: 0 });

describe('Triggers', () => {
  it('calls on schedule until it is closed', async () => {
    const clock = new VirtualClock();
    const calls: number[] = [];
    const triggers = new Triggers({
      schedules: [{ name: 's', expression: 'rate(5 minutes)', function: 'reconcile' }],
      rules: [],
      clock,
      call: async () => void calls.push(clock.now()),
    });
    const start = clock.now();
    triggers.start();
    await clock.advanceTo(clock.now() + 11 * 60_000);
    await triggers.close();
    await clock.advanceTo(clock.now() + 60 * 60_000);
    expect(calls.map((at) => at - start)).toEqual([300_000, 600_000]);
  });

  it('calls when an execution has ended as the rule says', async () => {
    const called: unknown[] = [];
    const triggers = new Triggers({
      schedules: [],
      rules: [{ name: 'r', pattern, function: 'reconcile' }],
      clock: new VirtualClock(),
      call: async (name, event) => void called.push([name, (event as { detail: { status: string } }).detail.status]),
    });
    triggers.executionChanged('arn:m', execution('SUCCEEDED'));
    triggers.executionChanged('arn:other', execution('FAILED'));
    triggers.executionChanged('arn:m', execution('FAILED'));
    await triggers.close();
    triggers.executionChanged('arn:m', execution('ABORTED'));
    expect(called).toEqual([['reconcile', 'FAILED']]);
  });
});

describe('intervalOf', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(3 days)', 259_200_000],
  ])('reads %s', (expression, ms) => {
    expect(intervalOf(expression)).toBe(ms);
  });

  it('refuses what it cannot keep', () => {
    expect(() => intervalOf('cron(0 12 * * ? *)')).toThrow('is no rate');
  });
});

describe('matches', () => {
  it('asks every field of the pattern for one of its values', () => {
    expect(matches(pattern, { source: 'aws.states', detail: { status: 'FAILED', stateMachineArn: 'arn:m', more: 1 } })).toBe(
      true,
    );
    expect(matches(pattern, { source: 'aws.states', detail: 'FAILED' })).toBe(false);
    expect(matches(pattern, { detail: { status: 'FAILED', stateMachineArn: 'arn:m' } })).toBe(false);
  });
});
