import * as z from 'zod';
import { PreparationError } from '../shared/errors/run-errors.ts';
import type { Component, Plan, Retry, Timeouts } from '../shared/plan/plan.ts';
import type { RunWriter } from '../shared/run/run-access.ts';
import { loadRun, superseded } from '../shared/run/run-access.ts';
import type { RunState } from '../shared/run/run-state.ts';
import type { Slice } from '../shared/run/steps.ts';
import type { Deps } from './deps.ts';
import { loadPlan } from './plans.ts';

/** Every call of a machine says for whom it speaks: the epoch comes from the execution's input, never from the item. */
export const writerInput = z.object({ runId: z.string(), epoch: z.int() });
export const componentInput = writerInput.extend({ component: z.string() });

export interface RunContext {
  readonly deps: Deps;
  readonly writer: RunWriter;
  readonly run: RunState;
  readonly plan: Plan;
}

/** One component of a run, as a slice of its work needs it. */
export interface ComponentContext<Kind extends Component = Component> extends RunContext {
  readonly component: Kind;
  readonly slice: Slice;
}

/** Throws SupersededError where another epoch speaks for the run already. */
export async function runContext(deps: Deps, writer: RunWriter): Promise<RunContext> {
  const { run } = await loadRun(deps, writer.runId);
  if (run.epoch !== writer.epoch) throw superseded(writer.runId, writer.epoch);
  return { deps, writer, run, plan: await loadPlan(deps.artefacts, run.plan.digest) };
}

export async function componentContext(
  deps: Deps,
  input: z.output<typeof componentInput>,
  slice: Slice,
): Promise<ComponentContext> {
  const context = await runContext(deps, { runId: input.runId, epoch: input.epoch });
  const component = context.plan.phases.flatMap(({ components }) => components).find(({ name }) => name === input.component);
  if (component) return { ...context, component, slice };
  throw new PreparationError(`The plan of ${input.runId} has no component ${input.component}.`, {
    next: `slipway rollback ${input.runId} -m REASON`,
  });
}

export const retryOf = ({ component, plan }: Pick<ComponentContext, 'component' | 'plan'>): Retry =>
  component.retry ?? plan.retry;

export const timeoutsOf = ({ component, plan }: Pick<ComponentContext, 'component' | 'plan'>): Timeouts =>
  component.timeouts ?? plan.timeouts;

/** The plan's folder, where the control plane is embedded. */
export function baseDirOf(run: RunState): string | undefined {
  const baseDir = run.options?.['baseDir'];
  return typeof baseDir === 'string' ? baseDir : undefined;
}

/** An outcome as machines read it: a Wait state wants its time as ISO 8601. */
export const answerOf = <Outcome extends { readonly outcome: string; readonly until?: number }>(outcome: Outcome) =>
  outcome.until === undefined ? outcome : { ...outcome, at: new Date(outcome.until).toISOString() };
