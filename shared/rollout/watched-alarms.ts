import type { AlarmOwner } from '../ports/alarms.ts';
import type { Store } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { watchedAlarmKey } from '../run/keys.ts';
import { alarmOwner } from './alarm-owner.ts';

/** A team's own alarm says nothing of Slipway when it fires: these items tell, by its name, which rollouts it takes back. */
export async function watchAlarm(deps: JournalDeps, alarm: string, owner: AlarmOwner): Promise<void> {
  const key = watchedAlarmKey(alarm, owner.runId, owner.component);
  const set = { owner: { ...owner }, schemaVersion: 1 };
  await commit(deps, { name: 'alarm.watch', key, set, remove: ['expiresAt'], when: [] });
}

/** From now on the alarm is nothing to the rollout. */
export async function unwatchAlarm(deps: JournalDeps, alarm: string, of: Pick<AlarmOwner, 'runId' | 'component'>): Promise<void> {
  const key = watchedAlarmKey(alarm, of.runId, of.component);
  const set = { expiresAt: Math.floor(deps.clock.now() / 1000) };
  await commit(deps, { name: 'alarm.unwatch', key, set, remove: ['owner'], when: [] });
}

/** Every rollout that an alarm of that name takes back. */
export async function ownersOf(store: Store, alarm: string): Promise<readonly AlarmOwner[]> {
  const owners: AlarmOwner[] = [];
  const { pk } = watchedAlarmKey(alarm, '', '');
  let cursor: string | undefined;
  do {
    const page = await store.list(pk, cursor === undefined ? {} : { cursor });
    for (const { owner } of page.items) if (owner !== undefined) owners.push(alarmOwner.parse(owner));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return owners;
}
