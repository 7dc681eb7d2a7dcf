import type * as z from 'zod';
import { environmentIn, type Raise, signalsOf } from '../../shared/alerts/alert-signals.ts';
import { takeSignal } from '../../shared/alerts/keep-alerts.ts';
import { overAlready } from '../../shared/alerts/over-already.ts';
import { tellAlert, tellDue } from '../../shared/alerts/tell-alerts.ts';
import { watchQueue } from '../../shared/alerts/watch-queue.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import { runKey } from '../../shared/run/keys.ts';
import { readRun } from '../../shared/run/run-state.ts';
import type { Deps } from '../deps.ts';
import { eventName, heard, heardEvent } from '../heard-event.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** What an event gives cause for is raised, and told at once; what has to wait is told when this is called again by its schedule. */
async function core(input: z.output<typeof heardEvent>, deps: Deps) {
  const event = heard(input);
  if (!event) {
    let told: readonly string[] = [];
    // A queue that cannot be looked at keeps nobody from being told.
    await watchQueue(deps, (environment, signal, source) => takeSignal(deps, environment, signal, source)).finally(async () => {
      told = await tellDue(deps);
    });
    return { told };
  }
  const signals = signalsOf(event);
  if (signals.length === 0) return { told: [] };
  const environment = environmentIn(event) ?? (await environmentOf(deps, event));
  const told: string[] = [];
  for (const signal of signals) {
    const alert = await takeSignal(deps, environment, signal, { name: eventName(event), at: event.at });
    if (alert && (await tellAlert(deps, alert))) told.push(alert.id);
    if ('raise' in signal) await resolveOver(deps, environment, signal, event);
  }
  return { told };
}

/** Told all the same: it happened. */
async function resolveOver(deps: Deps, environment: string, { raise, subject }: Raise, event: RunEvent): Promise<void> {
  const reason = await overAlready(deps.store, event, raise);
  if (reason === undefined) return;
  // Later than the event, so that it raises nothing where it is delivered once more.
  const source = { name: `${eventName(event)}/over`, at: event.at + 1 };
  await takeSignal(deps, environment, { resolve: raise, subject, reason }, source);
}

async function environmentOf(deps: Deps, { runId }: RunEvent): Promise<string> {
  const item = await deps.store.read(runKey(runId));
  return item ? readRun(item).environment : deps.environment;
}

export const create = machineFunction({ input: heardEvent, core });
export const handler = onAws(create);
