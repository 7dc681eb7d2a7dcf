import { firingBefore } from '../guardrails/firing-before.ts';
import { guardrailsOf } from '../guardrails/guardrails-of.ts';
import type { GuardrailEvidence } from '../guardrails/stage-state.ts';
import { trippedFlag } from '../run/flag-access.ts';
import { componentKey } from '../run/keys.ts';
import { readAll } from '../run/read-all.ts';
import type { TurnedBy } from '../run/run-state.ts';
import { readWork, type WorkState } from '../run/work-state.ts';
import { frozenUntil } from './frozen-until.ts';
import { alarmNameOf } from './guardrail-alarms.ts';
import { hold, isUnderWay, loadRollout, type RolloutContext } from './rollout-context.ts';
import { progressOf } from './rollout-progress.ts';
import { requireStage } from './stage.ts';

export type Clearance =
  | { readonly outcome: 'clear' }
  /** Something stands in the way; look again then (epoch ms). */
  | { readonly outcome: 'wait'; readonly until: number }
  /** A guardrail of the run has tripped, or what it waits for cannot come any more. */
  | { readonly outcome: 'failed'; readonly code: TurnedBy | 'REQUIREMENT_FAILED'; readonly message: string };

/** How soon it looks again at what has no known end. */
const AGAIN_MS = 30_000;
/** And at what has one: a wish to pause, or an alarm that could not turn the run back, is not heard before. */
const LONGEST_WAIT_MS = 300_000;

/** How far a rollout that this one requires has come. */
interface Come {
  readonly percent: number;
  readonly failed: boolean;
}
export type Reach = ReadonlyMap<string, Come>;

/** Whether the next stage may be entered as far as the calendar, other rollouts and alarms are concerned. A stage under way is clear. */
export async function clearStage(context: RolloutContext, reach: () => Promise<Reach>): Promise<Clearance> {
  const { deps, component, writer, environment } = context;
  const rollout = await loadRollout(context);
  const trip = await trippedFlag(deps, { id: writer.runId, environment, flags: context.flags });
  if (trip) return { outcome: 'failed', code: trip.code, message: trip.reason };
  if (isUnderWay(rollout)) return { outcome: 'clear' };
  const now = deps.clock.now();
  const thaw = frozenUntil(component.freeze, now);
  if (thaw !== undefined) {
    await hold(context, rollout, [`No stage is entered before ${new Date(thaw).toISOString()}: the plan freezes that time.`]);
    return { outcome: 'wait', until: Math.min(thaw, now + LONGEST_WAIT_MS) };
  }
  const come = component.requires.length > 0 ? await reach() : new Map<string, Come>();
  const failed = component.requires.find((required) => come.get(required.component)?.failed);
  if (failed) return { outcome: 'failed', code: 'REQUIREMENT_FAILED', message: `It requires ${failed.component}, which failed.` };
  const held = [...unmet(context, come), ...(await firing(context))];
  await hold(context, rollout, held);
  return held.length > 0 ? { outcome: 'wait', until: now + AGAIN_MS } : { outcome: 'clear' };
}

const unmet = ({ component }: RolloutContext, reach: Reach): string[] =>
  component.requires.flatMap(({ component: name, percent }) => {
    const come = reach.get(name)?.percent ?? 0;
    return come < percent ? [`${name} must be at ${percent} % first, and is at ${come} %.`] : [];
  });

/** An alarm acts when it begins to fire: one that fires already would stay silent. */
async function firing({ deps, component, writer, environment }: RolloutContext): Promise<string[]> {
  const of = { runId: writer.runId, environment, component: component.name };
  const readings = await deps.alarms.read(guardrailsOf(component).map((guardrail) => alarmNameOf(of, guardrail)));
  const known = guardrailsOf(component).flatMap((guardrail, index): Pick<GuardrailEvidence, 'guardrail' | 'alarm'>[] => {
    const alarm = readings[index];
    return alarm ? [{ guardrail, alarm }] : [];
  });
  const unknown = guardrailsOf(component).filter((_, index) => readings[index] === undefined);
  return [...firingBefore(known), ...unknown.map((guardrail) => `There is no alarm ${alarmNameOf(of, guardrail)}.`)];
}

const FAILED: ReadonlySet<WorkState['status']> = new Set(['failed', 'ambiguous', 'undone', 'undo-failed']);

/** What rollouts of the same run have been judged good at, and whether they failed. */
export async function reachOf(
  { deps, writer }: Pick<RolloutContext, 'deps' | 'writer'>,
  rollouts: readonly RolloutContext['component'][],
): Promise<Reach> {
  const items = await readAll(
    deps.store,
    rollouts.map(({ name }) => componentKey(writer.runId, name)),
  );
  return new Map(
    rollouts.map((rollout, index) => {
      const work = items[index] && readWork(items[index]);
      const promoted = work ? progressOf(work).promoted : 0;
      const percent = promoted === 0 ? 0 : requireStage(rollout, promoted - 1).percent;
      return [rollout.name, { percent, failed: work !== undefined && FAILED.has(work.status) }];
    }),
  );
}
