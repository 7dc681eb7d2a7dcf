import * as z from 'zod';
import type { Alarm, AlarmOwner, Alarms } from '../ports/alarms.ts';
import type { Store } from '../ports/store.ts';
import { readFlag } from '../run/flag-state.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { alarmsKey, flagKey, runKey } from '../run/keys.ts';
import { readRun } from '../run/run-state.ts';
import { everyOpen } from './every-open.ts';
import { windowClosed } from './rollback-window.ts';
import { unwatchAlarm, watchAlarm } from './watched-alarms.ts';

/** The alarms of one rollout, kept in sight until they are removed. */
const kept = z.object({
  runId: z.string(),
  environment: z.string(),
  flag: z.string(),
  names: z.array(z.string()),
  /** Of the team's own, which are not made here. */
  own: z.array(z.string()).default([]),
  rollbackWindow: z.number(),
});
type Kept = z.output<typeof kept>;

type Deps = JournalDeps & { readonly alarms: Alarms };
type Of = Omit<AlarmOwner, 'guardrail'>;

/** An alarm of the team's own, and the guardrail that names it. */
interface OwnAlarm {
  readonly alarm: string;
  readonly guardrail: string;
}

/**
 * Creates the alarms of a rollout, and notes which of the team's own take it back. Written down first: what is created is never
 * forgotten.
 */
export async function keepAlarms(
  deps: Deps,
  of: Of,
  alarms: readonly Alarm[],
  rollbackWindow: number,
  own: readonly OwnAlarm[] = [],
): Promise<void> {
  if (alarms.length + own.length === 0) return;
  const names = { names: alarms.map(({ name }) => name), own: own.map(({ alarm }) => alarm) };
  await keepInSight(deps, of, names, rollbackWindow);
  for (const alarm of alarms) await deps.alarms.put(alarm);
  for (const { alarm, guardrail } of own) await watchAlarm(deps, alarm, { ...of, guardrail });
  // An invocation that slept meanwhile may have brought back what had been removed.
  await keepInSight(deps, of, names, rollbackWindow);
}

async function keepInSight(
  deps: Deps,
  { runId, environment, flag, component }: Of,
  names: Pick<Kept, 'names' | 'own'>,
  rollbackWindow: number,
) {
  const open = { open: 'alarms', openSort: `${runId}#${component}`, schemaVersion: 1 };
  const set = { runId, environment, flag, ...names, rollbackWindow, ...open };
  await commit(deps, { name: 'alarms.keep', key: alarmsKey(runId, component), set, when: [] });
}

/** What was written down of a rollout's alarms, also after they were removed. */
export async function keptAlarms(store: Store, runId: string, component: string): Promise<Kept | undefined> {
  const item = await store.read(alarmsKey(runId, component));
  return item && kept.parse(item);
}

/**
 * Removes the alarms of rollouts that can no longer be taken back: their run has gone back, or has ended, well or badly, for
 * longer than its `rollbackWindow`, and leaves no traffic on the new side that it could still send back at once. Answers the names.
 * Safe to run at any time. What it cannot look after keeps it from nothing else; the first such error is thrown at the end.
 */
export async function removeClosedAlarms(deps: Deps): Promise<readonly string[]> {
  const removed: string[] = [];
  const failures: unknown[] = [];
  for await (const item of everyOpen(deps.store, 'alarms')) {
    try {
      const found = kept.parse(item);
      const of = { runId: found.runId, component: item.sk.slice(alarmsKey('', '').sk.length) };
      if (!(await closed(deps, found, of.component))) continue;
      await deps.alarms.remove(found.names);
      for (const alarm of found.own) await unwatchAlarm(deps, alarm, of);
      await commit(deps, { name: 'alarms.forget', key: { pk: item.pk, sk: item.sk }, remove: ['open', 'openSort'], when: [] });
      removed.push(...found.names);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return removed;
}

async function closed(
  { store, clock }: Deps,
  { runId, environment, flag, rollbackWindow }: Kept,
  component: string,
): Promise<boolean> {
  const item = await store.read(runKey(runId));
  if (!item) return true;
  const run = readRun(item);
  if (!windowClosed(run, component, rollbackWindow, clock.now())) return false;
  // A run that rests in a stage, paused or failed, has no other eyes on its traffic.
  const at = await store.read(flagKey(environment, flag));
  const { owner, tripped } = at ? readFlag(at) : {};
  return owner !== runId || tripped !== undefined;
}
