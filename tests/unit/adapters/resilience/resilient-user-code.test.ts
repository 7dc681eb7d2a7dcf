import { describe, expect, it } from 'vitest';
import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { Circuits } from '../../../../adapters/resilience/circuits.ts';
import { resilientHttp } from '../../../../adapters/resilience/resilient-http.ts';
import { ResilientUserCode } from '../../../../adapters/resilience/resilient-user-code.ts';
import { UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import { CircuitOpenError, UserCodeNotStartedError } from '../../../../shared/errors/user-code-errors.ts';
import { retry } from '../../../../shared/plan/component.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import type { TaskMethod, UserCode } from '../../../../shared/ports/user-code.ts';
import { taskInput } from '../../../contracts/user-code-contract.ts';
import { settle } from '../../shared/task/run-world.ts';

const late = () => new UserCodeTimeoutError('late');

/** User code whose calls the test answers one after the other; the last answer repeats. */
const scripted = (answers: (() => Value | Promise<Value>)[]) => {
  const calls: TaskMethod[] = [];
  const userCode: UserCode = {
    shape: async () => ({ effect: 'idempotent', methods: ['forward'] }),
    call: async (_, method) => {
      calls.push(method);
      return (answers.length > 1 ? answers.shift() : answers[0])?.() ?? null;
    },
  };
  return { calls, userCode };
};

const fails = () => {
  throw late();
};

const resilient = (answers: Parameters<typeof scripted>[0]) => {
  const clock = new VirtualClock();
  const { calls, userCode } = scripted(answers);
  const policy = retry.parse({ circuit: { failures: 3, openFor: '30s' } });
  const outer = new ResilientUserCode(userCode, { clock, ids: seededIds(1, clock) }, () => policy);
  const call = (method: TaskMethod, time = 60_000, input = taskInput()) =>
    settle(clock, outer.call('load', method, input, clock.now() + time));
  const error = (...args: Parameters<typeof call>) =>
    call(...args).then(
      () => undefined,
      (caught: unknown) => caught,
    );
  return { clock, calls, call, error, outer };
};

describe('ResilientUserCode', () => {
  it('repeats reads on the clock port, one call and three repeats at most', async () => {
    const { calls, call, clock } = resilient([fails, fails, () => 'there']);
    expect(await call('verify')).toBe('there');
    expect(calls).toHaveLength(3);
    expect(clock.now()).toBeGreaterThan(0);
    expect(clock.now()).toBeLessThanOrEqual(6000);
  });

  it('never repeats an effect: that takes a new intent', async () => {
    for (const method of ['forward', 'undo'] as const) {
      const { calls, error } = resilient([fails]);
      expect(await error(method)).toBeInstanceOf(UserCodeTimeoutError);
      expect(calls).toEqual([method]);
    }
  });

  it('repeats the forward of a check, which only reads', async () => {
    const { outer, clock, calls } = resilient([fails, () => 1]);
    expect(await settle(clock, outer.readOnly().call('load', 'forward', taskInput(), 60_000))).toBe(1);
    expect(calls).toHaveLength(2);
  });

  it('repeats nothing that is no connection, time-out or throttling', async () => {
    const { calls, error } = resilient([() => Promise.reject(new Error('bad'))]);
    expect(await error('probe')).toMatchObject({ message: 'bad' });
    expect(calls).toHaveLength(1);
  });

  it('starts no repeat after the deadline', async () => {
    const { calls, error } = resilient([fails]);
    expect(await error('verify', 10)).toBeInstanceOf(UserCodeTimeoutError);
    expect(calls).toHaveLength(1);
    expect(await error('verify', 0)).toBeInstanceOf(UserCodeNotStartedError);
    expect(calls).toHaveLength(1);
  });

  it('opens the circuit after failures in a row and says when it lets calls through again', async () => {
    const { calls, error, clock } = resilient([fails]);
    for (let at = 0; at < 3; at += 1) await error('forward');
    const refused = await error('forward');
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({
      retryAt: clock.now() + 30_000,
      retryable: true,
      message: expect.stringContaining('the last time with: late'),
    });
    expect(calls).toHaveLength(3);
  });

  it('lets one trial through when the time has come, and closes on its success', async () => {
    const trial = Promise.withResolvers<Value>();
    const { calls, error, outer, clock } = resilient([fails, fails, fails, () => trial.promise, () => 'well']);
    for (let at = 0; at < 3; at += 1) await error('forward');
    await clock.advanceTo(30_000);
    const first = outer.call('load', 'forward', taskInput(), 100_000);
    const meanwhile = outer.call('load', 'forward', taskInput(), 100_000);
    await expect(meanwhile).rejects.toMatchObject({ name: 'CircuitOpenError', retryAt: 60_000 });
    trial.resolve('well again');
    expect(await first).toBe('well again');
    expect(await outer.call('load', 'forward', taskInput(), 100_000)).toBe('well');
    expect(calls).toHaveLength(5);
  });

  it('stays open for as long again where the trial fails', async () => {
    const { calls, error, clock } = resilient([fails]);
    for (let at = 0; at < 3; at += 1) await error('forward');
    await clock.advanceTo(30_000);
    expect(await error('forward')).toBeInstanceOf(UserCodeTimeoutError);
    expect(await error('forward')).toMatchObject({ retryAt: 60_000 });
    expect(calls).toHaveLength(4);
  });

  it('keeps functions and runs apart, and counts no errors of the data', async () => {
    const { error, calls } = resilient([() => Promise.reject(new Error('bad'))]);
    for (let at = 0; at < 5; at += 1) await error('forward');
    expect(calls).toHaveLength(5);
    const other = resilient([fails]);
    for (let at = 0; at < 3; at += 1) await other.error('forward');
    expect(await other.error('forward', 1000, taskInput({ runId: 'run-2' }))).toBeInstanceOf(UserCodeTimeoutError);
  });
});

describe('Circuits', () => {
  it('forgets the one used longest ago beyond a thousand', async () => {
    const circuits = new Circuits(new VirtualClock());
    const policy = { failures: 1, openFor: 1000 };
    const first = circuits.of('first', policy);
    expect(circuits.of('first', policy)).toBe(first);
    for (let at = 0; at < 1000; at += 1) circuits.of(`run ${at}`, policy);
    expect(circuits.of('first', policy)).not.toBe(first);
  });
});

describe('resilientHttp', () => {
  const counting = (failures: number, until = Number.POSITIVE_INFINITY) => {
    const clock = new VirtualClock();
    let calls = 0;
    const send = async () => {
      calls += 1;
      if (calls <= failures) throw late();
      return { status: 200, body: '', durationMs: 1 };
    };
    const http = resilientHttp({ send }, { clock, ids: seededIds(1, clock) }, retry.parse({}), until);
    return { clock, http, calls: () => calls };
  };
  const request = { url: 'http://localhost/', timeoutMs: 1000 } as const;

  it('repeats reads', async () => {
    const { clock, http, calls } = counting(2);
    expect(await settle(clock, http.send({ ...request, method: 'GET' }))).toMatchObject({ status: 200 });
    expect(calls()).toBe(3);
  });
  it('repeats nothing that could not end in time', async () => {
    const { clock, http, calls } = counting(9, 900);
    await expect(settle(clock, http.send({ ...request, method: 'GET' }))).rejects.toThrow('late');
    expect(calls()).toBe(1);
  });
  it('sends a POST and what is measured once', async () => {
    const { http, calls } = counting(9);
    await expect(http.send({ ...request, method: 'POST' })).rejects.toThrow('late');
    await expect(http.send({ ...request, method: 'GET', once: true })).rejects.toThrow('late');
    expect(calls()).toBe(2);
  });
});
