import { describe, expect, it } from 'vitest';
import { MemoryUserCode } from '../../../../adapters/memory/user-code.ts';
import { PreparationError, UserCodeError } from '../../../../shared/errors/run-errors.ts';
import { component as componentSchema, retry } from '../../../../shared/plan/component.ts';
import type { TaskDefinition } from '../../../../shared/plan/define-task.ts';
import type { TaskComponent } from '../../../../shared/plan/plan.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { componentKey } from '../../../../shared/run/keys.ts';
import { undoSteps } from '../../../../shared/run/undo-steps.ts';
import { loadWork } from '../../../../shared/run/work-access.ts';
import { workSteps } from '../../../../shared/run/work-steps.ts';
import { stepOutputs } from '../../../../shared/task/step-outputs.ts';
import { taskEffects } from '../../../../shared/task/task-effects.ts';
import { shapeOf } from '../../../../shared/task/task-shape.ts';
import { verifySteps } from '../../../../shared/task/verify-steps.ts';
import { type RunWorld, runWorld, settle } from './run-world.ts';

const loadTask = (over: Record<string, unknown> = {}): TaskComponent =>
  componentSchema.parse({ kind: 'task', name: 'load', run: 'load', timeout: '10s', ...over }) as TaskComponent;

const effectsOf = (
  world: RunWorld,
  component: TaskComponent,
  definition: TaskDefinition,
  order: 'ascending' | 'descending' = 'ascending',
) => {
  const { deps, writer } = world;
  const context = {
    userCode: new MemoryUserCode(deps.clock, { load: definition }),
    clock: deps.clock,
    ids: { random: () => 0.5 },
    runId: writer.runId,
    fence: 7,
    outputs: { before: { rows: 3 } },
    retry: retry.parse({}),
    outputOf: stepOutputs(deps.store, writer.runId, 'load', order),
  };
  return { context, effects: taskEffects(component, shapeOf(definition), context) };
};

const stepContext = (world: RunWorld, effects: ReturnType<typeof taskEffects>) => ({
  deps: world.deps,
  effects,
  slice: { invocation: world.deps.ids.next(), until: world.deps.clock.now() + 10_000_000 },
  environment: 'local',
  stands: () => undefined,
});

describe('taskEffects', () => {
  it('gives each step its item, input, outputs before it and a key that a repeat shares', async () => {
    const world = await runWorld({ load: 'task' });
    const seen: unknown[] = [];
    const component = loadTask({ items: ['a', { b: 1 }], input: { size: 2 } });
    const { effects } = effectsOf(world, component, {
      effect: 'idempotent',
      forward: ({ signal, ...input }) => {
        seen.push(input);
        return signal.aborted;
      },
    });
    expect(effects.count).toBe(2);
    expect(await effects.perform(1, world.deps.clock.now() + 1000)).toBe(false);
    await effects.perform(1, world.deps.clock.now() + 1000);
    expect(seen[0]).toEqual({
      runId: world.writer.runId,
      component: 'load',
      step: 1,
      item: { b: 1 },
      input: { size: 2 },
      outputs: { before: { rows: 3 } },
      idempotencyKey: `${world.writer.runId}/load/1/forward`,
      fence: 7,
      output: null,
    });
    expect(seen[1]).toEqual(seen[0]);
  });

  it('counts one step without items, and as many as a number says', async () => {
    const world = await runWorld({ load: 'task' });
    const definition: TaskDefinition = { effect: 'idempotent', forward: ({ item }) => item };
    expect(effectsOf(world, loadTask(), definition).effects.count).toBe(1);
    const many = effectsOf(world, loadTask({ items: 12 }), definition).effects;
    expect(many.count).toBe(12);
    expect(await many.perform(4, world.deps.clock.now() + 1000)).toBeNull();
  });

  it('refuses a probeable task that has no probe', async () => {
    const world = await runWorld({ load: 'task' });
    expect(() => effectsOf(world, loadTask(), { effect: 'probeable', forward: () => 1 })).toThrow(PreparationError);
    expect(effectsOf(world, loadTask(), { effect: 'manual', forward: () => 1 }).effects.undoable).toBe(false);
  });

  it('refuses a probe that does not answer yes or no', async () => {
    const world = await runWorld({ load: 'task' });
    const probe = (() => 'perhaps') as unknown as () => boolean;
    const { effects } = effectsOf(world, loadTask(), { effect: 'probeable', forward: () => 1, probe });
    await expect(effects.probe(0, world.deps.clock.now() + 1000)).rejects.toThrow('"perhaps"');
  });

  it('refuses an output that no checkpoint can hold', async () => {
    const world = await runWorld({ load: 'task' });
    const perform = (output: Value) =>
      effectsOf(world, loadTask(), { effect: 'idempotent', forward: () => output }).effects.perform(
        0,
        world.deps.clock.now() + 1000,
      );
    await expect(perform('x'.repeat(70_000))).rejects.toThrow(UserCodeError);
    await expect(perform({ list: [{ '': 1 }] })).rejects.toThrow('output.list.0 has an attribute without a name');
    await expect(perform({ id: 2 ** 60 })).rejects.toThrow('output.id is');
    expect(await perform({ ok: [1, 'two', null] })).toEqual({ ok: [1, 'two', null] });
  });
});

describe('a task under the step runner', () => {
  it('repeats what a connection failed, each time with a new intent, and no more often than the plan says', async () => {
    const world = await runWorld({ load: 'task' });
    const keys: string[] = [];
    const { effects } = effectsOf(world, loadTask(), {
      effect: 'idempotent',
      forward: ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      },
    });
    const outcome = await settle(world.deps.clock, workSteps(stepContext(world, effects), await world.open('load')));
    expect(outcome).toMatchObject({ outcome: 'failed', code: 'USER_CODE_FAILED' });
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(world.events.filter(({ type }) => type === 'stepStarted')).toHaveLength(4);
    expect(world.deps.clock.now()).toBe(1_000_000 + 1000 + 2000 + 4000);
  });

  it('repeats nothing that the user did not call retryable', async () => {
    const world = await runWorld({ load: 'task' });
    let calls = 0;
    const { effects } = effectsOf(world, loadTask(), {
      effect: 'idempotent',
      forward: () => {
        calls += 1;
        throw new Error('bad data');
      },
    });
    const outcome = await settle(world.deps.clock, workSteps(stepContext(world, effects), await world.open('load')));
    expect(outcome).toMatchObject({ outcome: 'failed' });
    expect(calls).toBe(1);
  });

  it('gives undo the output that forward answered, from the last step to the first', async () => {
    const world = await runWorld({ load: 'task' });
    const undone: unknown[] = [];
    const component = loadTask({ items: 700 });
    const definition: TaskDefinition = {
      effect: 'idempotent',
      forward: ({ step }) => ({ made: step * 2 }),
      undo: ({ step, output }) => {
        undone.push([step, output]);
        return null;
      },
    };
    const forward = effectsOf(world, component, definition);
    const work = await world.open('load');
    expect(await settle(world.deps.clock, workSteps(stepContext(world, forward.effects), work))).toEqual({ outcome: 'done' });
    const back = effectsOf(world, component, definition, 'descending');
    const again = await loadWork(world.deps, world.writer, componentKey(world.writer.runId, 'load'));
    if (!again) throw new Error('the component is gone');
    expect(await settle(world.deps.clock, undoSteps(stepContext(world, back.effects), again))).toEqual({ outcome: 'done' });
    expect(undone).toEqual(Array.from({ length: 700 }, (_, at) => [699 - at, { made: (699 - at) * 2 }]));
  });
});

describe('verifySteps', () => {
  const verified = async (verify: TaskDefinition['verify'], items = 3) => {
    const world = await runWorld({ load: 'task' });
    const component = loadTask({ items });
    const definition: TaskDefinition = { effect: 'idempotent', forward: ({ step }) => step + 100, ...(verify ? { verify } : {}) };
    const { effects, context } = effectsOf(world, component, definition);
    await settle(world.deps.clock, workSteps(stepContext(world, effects), await world.open('load')));
    return {
      world,
      check: (until: number, cursor: number) =>
        verifySteps(component, shapeOf(definition), context, { invocation: 'v', until }, cursor),
    };
  };

  it('asks each step with what forward answered', async () => {
    const seen: unknown[] = [];
    const { world, check } = await verified(({ step, output }) => {
      seen.push([step, output]);
      return null;
    });
    expect(await check(world.deps.clock.now() + 100_000, 0)).toEqual({ outcome: 'done' });
    expect(seen).toEqual([
      [0, 100],
      [1, 101],
      [2, 102],
    ]);
  });

  it('hands its cursor on when the slice is used up', async () => {
    const { world, check } = await verified(() => null);
    expect(await check(world.deps.clock.now() + 9_999, 1)).toEqual({ outcome: 'more', cursor: 1 });
  });

  it('names the step that is not as it should be', async () => {
    const { world, check } = await verified(({ step }) => {
      if (step === 2) throw new Error('nothing there');
      return null;
    });
    const outcome = await check(world.deps.clock.now() + 100_000, 0);
    expect(outcome).toMatchObject({ outcome: 'failed', step: 2, code: 'USER_CODE_FAILED' });
  });

  it('has nothing to ask of a task without verify', async () => {
    const { check } = await verified(undefined);
    expect(await check(0, 0)).toEqual({ outcome: 'done' });
  });
});

describe('stepOutputs', () => {
  it('finds steps in any order, and the newest before it is in the timeline', async () => {
    const world = await runWorld({ load: 'task' });
    const component = loadTask({ items: 1200 });
    const { effects } = effectsOf(world, component, { effect: 'idempotent', forward: ({ step }) => `out ${step}` });
    await settle(world.deps.clock, workSteps(stepContext(world, effects), await world.open('load')));
    for (const order of ['ascending', 'descending'] as const) {
      const outputOf = stepOutputs(world.deps.store, world.writer.runId, 'load', order);
      for (const step of [1199, 0, 700, 3, 1199]) expect(await outputOf(step)).toBe(`out ${step}`);
      expect(await outputOf(1200)).toBeUndefined();
    }
  });
});
