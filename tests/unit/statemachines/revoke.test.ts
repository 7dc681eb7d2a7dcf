import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CredentialError, ServerUnavailableError } from '../../../shared/errors/secret-errors.ts';
import type { Value } from '../../../shared/ports/store.ts';
import { bench } from '../local/asl/machine-builder.ts';

const file = new URL('../../../statemachines/revoke.asl.json', import.meta.url);
const definition = JSON.parse(readFileSync(file, 'utf8')) as Value;
const input = { secretId: 'db', token: 't1', since: 5 };
const HOUR = 3_600_000;

/** The machine in the embedded engine; each answer is given once, the last one again and again. */
async function play(answers: readonly ((now: number) => Value)[]) {
  const calls: { at: number; payload: Value }[] = [];
  const { engine, clock } = bench({ revoke: definition }, {
    invoke: async (_arn: string, payload: Value) => {
      calls.push({ at: clock.now(), payload });
      const answer = answers[Math.min(calls.length, answers.length) - 1];
      if (!answer) throw new Error('no answer');
      return answer(clock.now());
    },
  } as never);
  const began = clock.now();
  const { arn } = await engine.start('revoke', 'one', input);
  await clock.runUntilIdle();
  return { execution: await engine.describe(arn), calls: calls.map(({ at, payload }) => ({ after: at - began, payload })) };
}

const wait = (ms: number) => (now: number) => ({ outcome: 'wait', at: new Date(now + ms).toISOString() });
const revoked = () => ({ outcome: 'revoked' });
const unavailable = () => {
  throw new ServerUnavailableError('The server is down.');
};

describe('the machine revoke', () => {
  it('waits until the time that it is told, however often, and ends as the function says', async () => {
    const { execution, calls } = await play([wait(900_000), wait(1000), revoked]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'revoked' } });
    expect(calls.map(({ after }) => after)).toEqual([10_000, 910_000, 911_000]);
    expect(calls.map(({ payload }) => payload)).toEqual([input, input, input]);
  });

  it.each(['kept', 'superseded'])('ends where it is %s', async (outcome) => {
    expect((await play([() => ({ outcome })])).execution).toMatchObject({ status: 'SUCCEEDED', output: { outcome } });
  });

  it('outlives a server that is down for two days', async () => {
    const back = 48 * HOUR;
    let began: number | undefined;
    const { execution, calls } = await play([
      (now) => {
        began ??= now;
        return now - began < back ? unavailable() : revoked();
      },
    ]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls.length).toBeGreaterThan(100);
    const pauses = calls.map(({ after }, at) => after - (calls[at - 1]?.after ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(900_000);
  });

  it('fails, so that its alarm tells, where a person is needed', async () => {
    const { execution, calls } = await play([
      () => {
        throw new CredentialError('The server refuses the current credential.');
      },
    ]);
    expect(calls).toHaveLength(1);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Slipway.CredentialNotRevoked' });
    expect(execution?.cause).toContain('CredentialError: ');
  });

  it('gives up on waiting that never ends, within what an execution may take', async () => {
    const { execution, calls } = await play([wait(1000)]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Slipway.Interrupted' });
    expect(calls).toHaveLength(1001);
  });
});
