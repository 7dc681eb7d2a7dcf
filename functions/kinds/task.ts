import { Circuits } from '../../adapters/resilience/circuits.ts';
import { ResilientUserCode } from '../../adapters/resilience/resilient-user-code.ts';
import { PreparationError } from '../../shared/errors/run-errors.ts';
import type { TaskComponent } from '../../shared/plan/plan.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { TaskShape, UserCode } from '../../shared/ports/user-code.ts';
import { requireWork } from '../../shared/run/component-end.ts';
import { componentsOf } from '../../shared/run/finish-run.ts';
import { rollbackCommand } from '../../shared/run/going-back.ts';
import { componentKey } from '../../shared/run/keys.ts';
import type { SliceOutcome } from '../../shared/run/steps.ts';
import { undoSteps } from '../../shared/run/undo-steps.ts';
import { openWork } from '../../shared/run/work-access.ts';
import { type StepContext, workSteps } from '../../shared/run/work-steps.ts';
import { stepOutputs } from '../../shared/task/step-outputs.ts';
import { stepCount, type TaskContext, taskEffects } from '../../shared/task/task-effects.ts';
import { verifySteps } from '../../shared/task/verify-steps.ts';
import { baseDirOf, type ComponentContext, type RunContext, retryOf, timeoutsOf } from '../component-context.ts';
import type { CodeSource, Deps } from '../deps.ts';

type Context = ComponentContext<TaskComponent>;

export async function prepareTask(context: Context) {
  const { deps, writer, component } = context;
  const { effect } = await shapeOf(component.run, userCode(context));
  const point = { steps: stepCount(component), effect };
  await openWork(
    deps,
    writer,
    componentKey(writer.runId, component.name),
    { type: 'rollbackPointCreated', data: point },
    { status: 'prepared', kind: 'task', direction: 'forward', startedAt: deps.clock.now(), rollbackPoint: point },
  );
  return { outcome: 'prepared', kind: 'task' } as const;
}

export async function workTask(context: Context): Promise<SliceOutcome> {
  const work = await requireWork(context.deps, context.writer, context.component.name);
  return workSteps(await stepContext(context, 'ascending'), work);
}

export async function undoTask(context: Context): Promise<SliceOutcome> {
  const work = await requireWork(context.deps, context.writer, context.component.name);
  return undoSteps(await stepContext(context, 'descending'), work);
}

export async function verifyTask(context: Context, cursor: Value) {
  const code = userCode(context);
  const shape = await shapeOf(context.component.run, code);
  const task = await taskContext(context, code, 'ascending');
  return verifySteps(context.component, shape, task, context.slice, typeof cursor === 'number' ? cursor : 0);
}

async function stepContext(context: Context, order: 'ascending' | 'descending'): Promise<StepContext> {
  const { deps, run, component, slice } = context;
  const code = userCode(context);
  const effects = taskEffects(component, await shapeOf(component.run, code), await taskContext(context, code, order));
  return {
    deps,
    effects,
    slice,
    environment: run.environment,
    patienceMs: timeoutsOf(context).migrate,
    stands: (step) => run.stands?.[`${component.name}/${step}`],
    again: rollbackCommand(run),
  };
}

async function taskContext(context: Context, code: UserCode, order: 'ascending' | 'descending'): Promise<TaskContext> {
  const { deps, run, component } = context;
  return {
    userCode: code,
    clock: deps.clock,
    ids: deps.ids,
    runId: run.id,
    fence: run.fences?.[`target:${run.target}`] ?? 0,
    outputs: await finishedOutputs(context),
    retry: retryOf(context),
    outputOf: stepOutputs(deps.store, run.id, component.name, order),
  };
}

/** What components that finished have left for others to read. */
export async function finishedOutputs({ deps, run }: RunContext): Promise<Record<string, Value>> {
  const components = await componentsOf(deps, run);
  return Object.fromEntries(
    components.flatMap(({ name, work }) =>
      work?.status === 'completed' && work.outputs !== undefined ? [[name, work.outputs as Value] as const] : [],
    ),
  );
}

/** By process: what one call learned of a function counts for those that follow. */
const circuits = new WeakMap<CodeSource, Circuits>();

function circuitsOf({ code, clock }: Pick<Deps, 'code' | 'clock'>): Circuits {
  const kept = circuits.get(code) ?? new Circuits(clock);
  circuits.set(code, kept);
  return kept;
}

/** The run's functions with the retries and circuit breakers of the component that calls. */
export function userCode({ deps, run, plan }: RunContext): ResilientUserCode {
  const components = plan.phases.flatMap((phase) => phase.components);
  const policyOf = (name?: string) => components.find((component) => component.name === name)?.retry ?? plan.retry;
  const { clock, ids } = deps;
  return new ResilientUserCode(deps.code.userCode(baseDirOf(run)), { clock, ids, circuits: circuitsOf(deps) }, policyOf);
}

async function shapeOf(ref: string, code: UserCode): Promise<TaskShape> {
  const shape = await code.shape(ref);
  if (shape) return shape;
  throw new PreparationError(`There is no function ${ref} any more.`, { next: 'Put it back, then retry the run.' });
}
