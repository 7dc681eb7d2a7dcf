import { firingBefore } from '../guardrails/judge.ts';
import type { GuardrailEvidence } from '../guardrails/judge-guardrail.ts';
import { guardrailsOf } from '../plan/rollout.ts';
import { componentKey } from '../run/keys.ts';
import { readAll } from '../run/read-all.ts';
import { readWork } from '../run/work-state.ts';
import { frozenUntil } from './frozen-until.ts';
import { alarmNameOf } from './guardrail-alarms.ts';
import { hold, loadRollout, type RolloutContext } from './rollout-context.ts';
import { progressOf } from './rollout-progress.ts';
import { requireStage } from './stage.ts';

export type Clearance =
  | { readonly outcome: 'clear' }
  /** Something stands in the way; look again then (epoch ms). */
  | { readonly outcome: 'wait'; readonly until: number };

/** How soon it looks again at what has no known end. */
const AGAIN_MS = 30_000;

/** How far the rollouts that this one requires have come: percent by component. */
export type Reach = ReadonlyMap<string, number>;

/** Whether the next stage may be entered as far as the calendar, other rollouts and alarms are concerned. A stage under way is clear. */
export async function clearStage(context: RolloutContext, reach: () => Promise<Reach>): Promise<Clearance> {
  const { deps, component } = context;
  const rollout = await loadRollout(context);
  if (rollout.work.state.cursor > rollout.progress.promoted) return { outcome: 'clear' };
  const now = deps.clock.now();
  const thaw = frozenUntil(component.freeze, now);
  if (thaw !== undefined) {
    await hold(context, rollout, [`No stage is entered before ${new Date(thaw).toISOString()}: the plan freezes that time.`]);
    return { outcome: 'wait', until: thaw };
  }
  const held = [...(component.requires.length > 0 ? unmet(context, await reach()) : []), ...(await firing(context))];
  await hold(context, rollout, held);
  return held.length > 0 ? { outcome: 'wait', until: now + AGAIN_MS } : { outcome: 'clear' };
}

const unmet = ({ component }: RolloutContext, reach: Reach): string[] =>
  component.requires
    .filter((required) => (reach.get(required.component) ?? 0) < required.percent)
    .map(({ component: name, percent }) => `${name} must be at ${percent} % first, and is at ${reach.get(name) ?? 0} %.`);

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

/** What rollouts of the same run have been judged good at, in percent. */
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
      const item = items[index];
      const promoted = item ? progressOf(readWork(item)).promoted : 0;
      return [rollout.name, promoted === 0 ? 0 : requireStage(rollout, promoted - 1).percent];
    }),
  );
}
