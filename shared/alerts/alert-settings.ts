import * as z from 'zod';
import { RevisionError } from '../errors/told-errors.ts';
import type { Store, Value } from '../ports/store.ts';
import { create, flushEvent, type JournalDeps, transition } from '../run/journal.ts';
import { alertSettingsKey } from '../run/keys.ts';
import { readable } from '../run/run-state.ts';
import { writeAlertSettings } from '../run/writes.ts';
import { severity } from './alert-code.ts';
import { quietHours } from './quiet-hours.ts';

/** What one environment wants to be told, and when. */
export const alertSettings = z.strictObject({
  /** Whatever is less than this is listed and not told. */
  tell: severity.default('info'),
  /** What is not critical waits for their end. */
  quietHours: z.array(quietHours).max(10).default([]),
  /** What is not acknowledged is told again after so many minutes; 0: never. Kept to within a minute. */
  escalateAfterMinutes: z.int().min(0).max(10_080).default(15),
  /** At most so often. */
  escalations: z.int().min(0).max(20).default(3),
  /** A run that could go in and does not for so long is told of (QUEUE_STUCK). Kept to within a minute. */
  queueStuckMinutes: z.int().min(1).max(1440).default(10),
});
export type AlertSettings = z.output<typeof alertSettings>;

/** Revision 0: nobody has set any, and the defaults hold. */
export interface StoredAlertSettings {
  readonly settings: AlertSettings;
  readonly rev: number;
}

const stored = z.object({ settings: alertSettings, rev: z.number() });

export async function loadAlertSettings(store: Store, environment: string): Promise<StoredAlertSettings> {
  const item = await store.read(alertSettingsKey(environment));
  return item ? stored.parse(readable(item)) : { settings: alertSettings.parse({}), rev: 0 };
}

export interface SettingsChange {
  readonly environment: string;
  readonly settings: AlertSettings;
  readonly actor: string;
  readonly reason: string;
  /** The revision that the caller saw; left out: whatever is there. */
  readonly ifRev?: number | undefined;
}

/** Replaces them all. Throws RevisionError where somebody else has changed them meanwhile. */
export async function putAlertSettings(deps: JournalDeps, change: SettingsChange): Promise<StoredAlertSettings> {
  const { environment, settings, actor, reason } = change;
  const key = alertSettingsKey(environment);
  const item = await deps.store.read(key);
  const rev = Number(item?.['rev'] ?? 0);
  if (change.ifRev !== undefined && change.ifRev !== rev) throw changed(environment, change.ifRev);
  const told = settings as unknown as Value;
  const draft = { type: 'alertSettingsPut', actor, data: { environment, settings: told, reason } } as const;
  const set = { settings: told };
  const write = item
    ? await transition(deps, item, draft, { set }, (all) => writeAlertSettings(key, rev, all), 0)
    : await create(deps, key, draft, 0, (all) => writeAlertSettings(key, 0, { set: all }), set);
  if (!write.applied) throw changed(environment, rev);
  await flushEvent(deps, write.item);
  return stored.parse(write.item);
}

const changed = (environment: string, expected: number): RevisionError =>
  new RevisionError(`The alert settings of ${environment} are not at revision ${expected} any more.`, {
    next: 'slipway alerts settings, then repeat the change on what they are now.',
  });
