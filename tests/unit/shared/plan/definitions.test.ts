import { expect, expectTypeOf, it } from 'vitest';
import { definePlan } from '../../../../shared/plan/define-plan.ts';
import { defineTask, defineTransform, type TaskDefinition, type Transform } from '../../../../shared/plan/define-task.ts';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import { samplePlan } from './sample-plan.ts';

it('a plan of TypeScript is the object that it was written as', () => {
  expect(parsePlanObject(definePlan(samplePlan)).ok).toBe(true);
  // @ts-expect-error: a wait needs its time
  definePlan({ ...samplePlan, phases: [{ name: 'a', components: [{ name: 'b', kind: 'wait' }] }] });
});

it('a task and a transform keep what they were defined with, and its types', () => {
  const forward = ({ step, signal }: Parameters<TaskDefinition['forward']>[0]) => (signal.aborted ? null : step);
  const task = defineTask({ effect: 'probeable', forward, probe: () => true });
  expect(task).toEqual({ effect: 'probeable', forward, probe: expect.any(Function) });
  expectTypeOf(task).toExtend<TaskDefinition>();
  expectTypeOf(task.effect).toEqualTypeOf<'probeable'>();

  const double = defineTransform((record) => [record, record]);
  expectTypeOf(double).toExtend<Transform>();
  expect(double({ id: 1 })).toEqual([{ id: 1 }, { id: 1 }]);
});
