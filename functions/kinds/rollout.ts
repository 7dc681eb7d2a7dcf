import { FlagNotFoundError, PreparationError } from '../../shared/errors/run-errors.ts';
import type { RolloutComponent } from '../../shared/plan/plan.ts';
import { alarmsOf, ownAlarmsOf } from '../../shared/rollout/guardrail-alarms.ts';
import { keepAlarms } from '../../shared/rollout/keep-alarms.ts';
import { requireNoWayBack } from '../../shared/rollout/no-way-back.ts';
import type { RolloutContext } from '../../shared/rollout/rollout-context.ts';
import { undoStages } from '../../shared/rollout/shift-stage.ts';
import { stagesOf } from '../../shared/rollout/stage.ts';
import { trippedFlag } from '../../shared/run/flag-access.ts';
import { effective, type FlagDocument, readFlag } from '../../shared/run/flag-state.ts';
import { componentKey, flagKey } from '../../shared/run/keys.ts';
import { openWork, settleWork } from '../../shared/run/work-access.ts';
import type { ComponentContext } from '../component-context.ts';
import { documentAt } from '../flag-stage.ts';

type Context = ComponentContext<RolloutComponent>;

export const rolloutContext = ({ deps, writer, run, component, slice }: Context): RolloutContext => ({
  deps,
  writer,
  environment: run.environment,
  component,
  flags: run.flags,
  slice,
});

/** The rollback point is the flag's document; it is durable, and the alarms are in place, before the first stage. */
export async function prepareRollout(context: Context) {
  const { deps, writer, run, component } = context;
  const document = await documentOf(context);
  const set = {
    status: 'prepared',
    kind: 'rollout',
    direction: 'forward',
    startedAt: deps.clock.now(),
    rollbackPoint: { document },
  };
  const key = componentKey(writer.runId, component.name);
  const event = { type: 'rollbackPointCreated', data: { flag: component.flag, stages: stagesOf(component).length } } as const;
  await settleWork(deps, await openWork(deps, writer, key, event, set));
  const of = { runId: run.id, environment: run.environment, component: component.name };
  const { flag, rollbackWindow } = component;
  await keepAlarms(deps, { ...of, flag }, alarmsOf(component, of), rollbackWindow, ownAlarmsOf(component));
  return { outcome: 'prepared', kind: 'rollout' } as const;
}

/** The flag as it is, once the plan is known to fit it. */
async function documentOf({ deps, run, component }: Context): Promise<FlagDocument> {
  const item = await deps.store.read(flagKey(run.environment, component.flag));
  if (!item) {
    const next = `slipway flags set ${component.flag} --percent 0 --environment ${run.environment}`;
    throw new FlagNotFoundError(`There is no flag ${component.flag} in ${run.environment}.`, { next });
  }
  const flag = readFlag(item);
  await requireNoWayBack({ store: deps.store, now: deps.clock.now() }, flag, component);
  const document = effective(flag);
  const variants = Object.keys((document['variants'] ?? {}) as object);
  const unknown = [component.from, component.to].find((variant) => !variants.includes(variant));
  if (unknown !== undefined) {
    throw new PreparationError(`The flag ${component.flag} has no variant ${unknown}; it has ${variants.join(', ')}.`, {
      next: 'Name its variants in `from` and `to`.',
    });
  }
  for (const stage of stagesOf(component).keys()) documentAt(component)(document, stage);
  return document;
}

/** What the machine did is what the flag says, unless an alarm came last. */
export async function verifyRollout({ deps, run, component }: Context) {
  const trip = await trippedFlag(deps, { id: run.id, environment: run.environment, flags: [component.flag] });
  if (trip) return { outcome: 'failed', code: trip.code, message: trip.reason } as const;
  return { outcome: 'done', outputs: { percent: stagesOf(component).at(-1)?.percent ?? 0 } } as const;
}

export const undoRollout = (context: Context) => undoStages(rolloutContext(context), documentAt(context.component));
