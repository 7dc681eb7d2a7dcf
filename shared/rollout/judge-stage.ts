import type { Check, Verdict } from '../experiments/verdict.ts';
import { guardrailsOf } from '../guardrails/guardrails-of.ts';
import { failover, trippedFlag } from '../run/flag-access.ts';
import { type Gate, readGate } from '../run/gate.ts';
import { loadFlag } from '../run/put-flag.ts';
import type { TurnedBy } from '../run/run-state.ts';
import { changeWork, settleWork } from '../run/work-access.ts';
import { askTogether } from './ask-together.ts';
import { alarmNameOf } from './guardrail-alarms.ts';
import { nextLook } from './next-look.ts';
import { hold, loadRollout, type Rollout, type RolloutContext } from './rollout-context.ts';
import { requireStage, stagesOf } from './stage.ts';
import { evidenceOf, exposuresOf } from './stage-evidence.ts';

export type Judgement =
  /** `last`: every stage has been judged good. */
  | { readonly outcome: 'promote'; readonly last: boolean }
  /** Look again then (epoch ms). */
  | { readonly outcome: 'hold'; readonly until: number }
  | { readonly outcome: 'failed'; readonly code: TurnedBy; readonly message: string }
  | { readonly outcome: Exclude<Gate, 'open'> };

/** One look at the stage that was entered last: promoted, held, or, with the flag sent back first of all, failed. */
export async function judgeStage(context: RolloutContext): Promise<Judgement> {
  const { deps, writer, environment, component } = context;
  const found = await loadRollout(context);
  const { cursor } = found.work.state;
  const promoted = (stages: number): Judgement => ({ outcome: 'promote', last: stages >= stagesOf(component).length });
  // A late repeat of a look that has promoted it.
  if (found.progress.promoted >= cursor) return promoted(found.progress.promoted);
  const trip = await trippedFlag(deps, { id: writer.runId, environment, flags: context.flags });
  if (trip) return { outcome: 'failed', code: trip.code, message: trip.reason };
  const gate = await readGate(deps.store, writer.runId, environment);
  if (gate !== 'open') return { outcome: gate };
  const { verdict, alerts } = await verdictOn(context, found);
  const rollout = await tellAlerts(context, found, alerts);
  if (verdict.decision === 'rollback') return sendBack(context, rollout, verdict);
  const byHand = rollout.progress.byHand >= cursor;
  const waits = handsOff(context, rollout);
  if (!byHand && (verdict.decision === 'hold' || waits.length > 0)) {
    await hold(
      context,
      rollout,
      [...(verdict.decision === 'hold' ? verdict.reasons : []), ...waits],
      recordable(context, rollout, verdict, false),
    );
    return { outcome: 'hold', until: nextLook(context, rollout) };
  }
  await record(context, rollout, verdict, { promoted: cursor, enteredAt: undefined, held: [], heldByHand: false }, byHand);
  return promoted(cursor);
}

/** What the figures say of the stage that was entered last. */
async function verdictOn(
  context: RolloutContext,
  { work, progress }: Rollout,
): Promise<{ readonly verdict: Verdict; readonly alerts: readonly Check[] }> {
  const { deps, writer, environment, component } = context;
  const now = deps.clock.now();
  const startedAt = progress.enteredAt ?? now;
  const { percent, bake, minSample } = requireStage(component, work.state.cursor - 1);
  const times = { now, startedAt, rolloutStartedAt: work.state.startedAt ?? startedAt, bake, percent };
  const of = { runId: writer.runId, environment, component: component.name };
  const metrics = askTogether(deps.metrics);
  const [flag, exposed, readings, { judge }, { dealsEverybody }] = await Promise.all([
    loadFlag(deps.store, environment, component.flag),
    exposuresOf(metrics, context, times),
    deps.alarms.read(guardrailsOf(component).map((guardrail) => alarmNameOf(of, guardrail))),
    // Statistics are much to read, and here is time to read them: while the figures are on their way.
    import('../guardrails/judge.ts'),
    import('../flags/stage.ts'),
  ]);
  const guardrails = await Promise.all(
    guardrailsOf(component).map((guardrail, index) => evidenceOf(metrics, context, guardrail, readings[index], times)),
  );
  // A ratio says something where each subject counts once, and is dealt by what it is counted by.
  const isEachOnce = !exposed.provided && component.by === 'targetingKey';
  const split = isEachOnce && dealsEverybody(flag?.document['targeting'], component) ? 'percentage' : 'other';
  const verdict = judge({ ...times, minSample, exposures: exposed.byArm, split, guardrails });
  // What such a guardrail lacks data for is told by the verdict.
  const quiet = guardrails.filter(({ alarm }) => alarm.state !== 'ALARM').map(({ guardrail }) => guardrail.name);
  return { verdict, alerts: verdict.checks.filter(({ name, outcome }) => outcome === 'alert' && !quiet.includes(name)) };
}

/** Once when a guardrail that only alerts goes off, and once when it is quiet again. */
async function tellAlerts({ deps }: RolloutContext, { work, progress }: Rollout, alerts: readonly Check[]): Promise<Rollout> {
  const names = alerts.map(({ name }) => name);
  const began = alerts.filter(({ name }) => !progress.alerts.includes(name)).map(({ name, sentence }) => ({ name, sentence }));
  const ended = progress.alerts.filter((name) => !names.includes(name));
  if (began.length + ended.length === 0) return { work, progress };
  const next = { ...progress, alerts: names };
  const data = { stage: work.state.cursor - 1, began, ended };
  const told = await changeWork(deps, work, { type: 'guardrailAlert', data }, { set: { progress: next as never } });
  await settleWork(deps, told);
  return { work: told, progress: next };
}

/** First the flag, by one write; then the verdict, for people. */
async function sendBack(context: RolloutContext, rollout: Rollout, verdict: Verdict): Promise<Judgement> {
  const { deps, writer, environment, component } = context;
  const reason = verdict.reasons.join(' ').slice(0, 1000);
  await failover(deps, writer.runId, { environment }, component.flag, { at: deps.clock.now(), by: 'judge', reason });
  await record(context, rollout, verdict, { held: [] }, false);
  return { outcome: 'failed', code: 'GUARDRAIL_TRIPPED', message: reason };
}

/** What a person keeps it from. */
function handsOff({ component, writer }: RolloutContext, { work, progress }: Rollout): string[] {
  const next = `slipway promote ${writer.runId} ${component.name}`;
  if (progress.heldByHand) return [`A person holds it at this stage: ${next}`];
  return requireStage(component, work.state.cursor - 1).approval ? [`This stage waits for a person: ${next}`] : [];
}

async function record(
  context: RolloutContext,
  rollout: Rollout,
  verdict: Verdict,
  change: { readonly [name: string]: unknown },
  byHand: boolean,
): Promise<void> {
  const { deps } = context;
  const { work, progress } = rollout;
  const data = recordable(context, rollout, verdict, byHand);
  const next = JSON.parse(JSON.stringify({ ...progress, ...change, verdict: data }));
  const done = await changeWork(deps, work, { type: 'verdictRecorded', data }, { set: { progress: next } });
  await settleWork(deps, done);
}

/** A verdict as it is stored: with its stage, counted from 0, and when it was given. */
function recordable({ deps, component }: RolloutContext, { work }: Rollout, verdict: Verdict, byHand: boolean) {
  const stage = work.state.cursor - 1;
  const { percent } = requireStage(component, stage);
  return { stage, percent, at: deps.clock.now(), byHand, ...JSON.parse(JSON.stringify(verdict)) };
}
