import { RunStateError } from '../errors/run-errors.ts';
import type { AlarmOwner } from '../ports/alarms.ts';
import { goBack } from '../run/command-run.ts';
import { failover } from '../run/flag-access.ts';
import { runKey } from '../run/keys.ts';
import { loadRun, type RunDeps } from '../run/run-access.ts';
import { readRun } from '../run/run-state.ts';
import { keptAlarms } from './keep-alarms.ts';
import { windowClosed } from './rollback-window.ts';

export interface Tripped {
  /** The flag was owned by the run and is on the old side now. */
  readonly failedOver: boolean;
  /** A rollback is under way; false: the run has gone back already, cannot, or may not any more. */
  readonly goingBack: boolean;
}

/**
 * What an alarm that fires sets off: first the flag, by one write that reads nothing; then the run goes back under a new epoch. Delivered
 * twice, late, before the first stage or after the end, it does what is left to do. A run that has let its flag go is taken back only
 * within its `rollbackWindow`.
 */
export async function tripGuardrail(deps: RunDeps, owner: AlarmOwner, alarm: { name: string; reason: string }): Promise<Tripped> {
  const trip = { at: deps.clock.now(), by: alarm.name, reason: alarm.reason };
  const failedOver = await failover(deps, owner.runId, owner, owner.flag, trip);
  if (!failedOver && (await over(deps, owner))) return { failedOver, goingBack: false };
  const reason = `Guardrail ${owner.guardrail} of ${owner.component} tripped: ${alarm.reason}`.slice(0, 1000);
  try {
    const { runId, component } = owner;
    await goBack(deps, runId, { actor: `alarm ${owner.guardrail}`, reason, code: 'GUARDRAIL_TRIPPED', component });
    return { failedOver, goingBack: true };
  } catch (error) {
    if (!(error instanceof RunStateError)) throw error;
    const { run } = await loadRun(deps, owner.runId);
    return { failedOver, goingBack: run.status === 'rolling-back' };
  }
}

async function over({ store, clock }: RunDeps, { runId, component }: AlarmOwner): Promise<boolean> {
  const item = await store.read(runKey(runId));
  if (!item) return true;
  const kept = await keptAlarms(store, runId, component);
  return windowClosed(readRun(item), component, kept?.rollbackWindow ?? 0, clock.now());
}
