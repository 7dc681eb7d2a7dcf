export { type InvocationContext, taskHandler } from '../adapters/aws/task-handler.ts';
export { definePlan } from '../shared/plan/define-plan.ts';
export { defineTask, defineTransform, type TaskDefinition, type Transform } from '../shared/plan/define-task.ts';
export type { PlanInput } from '../shared/plan/plan.ts';
export type { TaskInput } from '../shared/ports/user-code.ts';
