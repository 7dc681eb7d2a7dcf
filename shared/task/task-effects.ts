import { PreparationError } from '../errors/run-errors.ts';
import type { Retry, TaskComponent } from '../plan/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Value } from '../ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../ports/user-code.ts';
import { retryDelay } from '../resilience/retry-delay.ts';
import type { StepEffects } from '../run/steps.ts';
import { checkOutput } from './step-output.ts';
import type { OutputOf } from './step-outputs.ts';

/** What the calls of one component need to know of their run. */
export interface TaskContext {
  readonly userCode: UserCode;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'random'>;
  readonly runId: string;
  /** The fence of the run's target lock, for receivers that refuse older ones. */
  readonly fence: number;
  /** Outputs of components that finished before. */
  readonly outputs: { readonly [component: string]: Value };
  /** The component's own, or the plan's. */
  readonly retry: Retry;
  readonly outputOf: OutputOf;
}

/** How many steps a task has. */
export const stepCount = ({ items }: TaskComponent): number =>
  items === undefined ? 1 : typeof items === 'number' ? items : items.length;

/** Makes the user's functions the effects of a component's steps. Throws PreparationError where a method is missing that its effect class needs. */
export function taskEffects(component: TaskComponent, shape: TaskShape, context: TaskContext): StepEffects {
  checkShape(component, shape);
  const call = async (step: number, method: TaskMethod, deadline: number): Promise<Value> => {
    const output = method === 'forward' ? null : ((await context.outputOf(step)) ?? null);
    return context.userCode.call(component.run, method, taskInput(component, step, method, output, context), deadline);
  };
  return {
    count: stepCount(component),
    effect: shape.effect,
    timeoutMs: component.timeout,
    undoable: shape.methods.includes('undo'),
    perform: async (step, deadline) => checkOutput(`Step ${step} of ${component.name}`, await call(step, 'forward', deadline)),
    undo: async (step, deadline) => {
      await call(step, 'undo', deadline);
    },
    probe: async (step, deadline) => {
      const stands = await call(step, 'probe', deadline);
      if (typeof stands === 'boolean') return stands;
      throw new PreparationError(`${component.run} answered its probe with ${JSON.stringify(stands)}`, {
        next: 'Let probe answer true or false.',
      });
    },
    retryAfter: (error, attempt) =>
      retryDelay(context.retry, error, attempt, { now: context.clock.now(), random: context.ids.random() }),
  };
}

/** What the user's function is given for one step. */
export function taskInput(
  component: TaskComponent,
  step: number,
  method: TaskMethod,
  output: Value,
  context: Pick<TaskContext, 'runId' | 'fence' | 'outputs'>,
): TaskInput {
  return {
    runId: context.runId,
    component: component.name,
    step,
    item: Array.isArray(component.items) ? (component.items[step] ?? null) : null,
    input: component.input,
    outputs: context.outputs,
    idempotencyKey: `${context.runId}/${component.name}/${step}/${method}`,
    fence: context.fence,
    output,
  };
}

function checkShape({ name, run }: TaskComponent, { effect, methods }: TaskShape): void {
  const needed: readonly TaskMethod[] = effect === 'probeable' ? ['forward', 'probe'] : ['forward'];
  const lacking = needed.filter((method) => !methods.includes(method));
  if (lacking.length === 0) return;
  throw new PreparationError(`${name}: ${run} is ${effect} and has no ${lacking.join(' and no ')}`, {
    next: `Add ${lacking.join(' and ')} with defineTask, or declare another effect class.`,
  });
}
