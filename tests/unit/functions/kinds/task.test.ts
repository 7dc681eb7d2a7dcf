import { describe, expect, it } from 'vitest';
import type { RunContext } from '../../../../functions/component-context.ts';
import { userCode } from '../../../../functions/kinds/task.ts';
import { UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import { CircuitOpenError } from '../../../../shared/errors/user-code-errors.ts';
import { plan as planSchema } from '../../../../shared/plan/plan.ts';
import { taskInput } from '../../../contracts/user-code-contract.ts';
import { memoryDeps } from '../memory-deps.ts';

const plan = planSchema.parse({
  slipway: 1,
  name: 'one',
  target: 'test/one',
  phases: [{ name: 'only', components: [{ name: 'load', kind: 'task', run: 'load' }] }],
});

describe('the functions of a run', () => {
  it('are left alone by every call after five of them found nobody there', async () => {
    let calls = 0;
    const call = () => {
      calls += 1;
      return Promise.reject(new UserCodeTimeoutError('late'));
    };
    const deps = memoryDeps({ code: { userCode: () => ({ shape: async () => undefined, call }) } });
    const context = { deps, plan, run: { id: 'run1' } } as unknown as RunContext;
    const slice = () => userCode(context).call('load', 'forward', taskInput(), deps.clock.now() + 1000);
    for (let slices = 0; slices < 5; slices += 1) await expect(slice()).rejects.toThrow('late');
    await expect(slice()).rejects.toThrow(CircuitOpenError);
    expect(calls).toBe(5);
  });
});
