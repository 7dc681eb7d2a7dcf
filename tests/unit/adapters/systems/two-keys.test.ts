import { describe, expect, it } from 'vitest';
import { MemoryUserCode } from '../../../../adapters/memory/user-code.ts';
import { twoKeys } from '../../../../adapters/systems/two-keys.ts';
import { runBed } from '../../shared/run/run-bed.ts';

const whole = {
  effect: 'idempotent' as const,
  forward: async () => ({ key: 'k' }),
  verify: async () => true,
  undo: async () => null,
};
const system = (task: object) => {
  const { deps } = runBed();
  return twoKeys({ userCode: new MemoryUserCode(deps.clock, { '#key': task as typeof whole }), clock: deps.clock, ref: '#key' });
};

describe('two keys through a task', () => {
  it('gives every attempt the same request', async () => {
    const asked: unknown[] = [];
    const forward = async ({ idempotencyKey, input }: { idempotencyKey: string; input: unknown }) => {
      asked.push([idempotencyKey, input]);
      return { key: 'new' };
    };
    expect(await system({ ...whole, forward }).next({ key: 'old' }, () => 'unused', 'r1')).toEqual({ key: 'new' });
    expect(asked).toEqual([['r1', { current: { key: 'old' } }]]);
  });

  it.each([
    ['a plain function', async () => ({})],
    ['a task that is not idempotent', { ...whole, effect: 'manual' }],
    ['a task that cannot revoke', { effect: 'idempotent', forward: whole.forward, verify: whole.verify }],
    ['a task that answers no fields', { ...whole, forward: async () => 'key' }],
    ['a task that answers nothing', { ...whole, forward: async () => ({}) }],
  ])('refuses %s', async (_name, task) => {
    await expect(system(task).next({}, () => '', 'r')).rejects.toMatchObject({ code: 'ROTATION_STEP' });
  });

  it('takes an error for no bad key, and tells nothing that it says', async () => {
    const failing = system({
      ...whole,
      verify: async () => {
        throw new Error('key planted-secret');
      },
    });
    const error = await failing.admits({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SERVER_UNAVAILABLE', retryable: true });
    expect(String(error)).not.toContain('planted');
    await expect(system({ ...whole, verify: async () => 'yes' }).admits({})).rejects.toMatchObject({ code: 'ROTATION_STEP' });
  });

  it('is of one service and account', () => {
    const { identityOf } = system(whole);
    expect(identityOf({ service: 'a', key: '1' })).toBe(identityOf({ service: 'a', key: '2' }));
    expect(identityOf({ service: 'a' })).not.toBe(identityOf({ service: 'b' }));
  });
});
