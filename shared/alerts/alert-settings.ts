import * as z from 'zod';
import { RevisionError } from '../errors/told-errors.ts';
import type { Key, Store, Value } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { readable } from '../run/run-state.ts';
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
});
export type AlertSettings = z.output<typeof alertSettings>;

/** Revision 0: nobody has set any, and the defaults hold. */
export interface StoredAlertSettings {
  readonly settings: AlertSettings;
  readonly rev: number;
}

const settingsKey = (environment: string): Key => ({ pk: `SETTINGS#alerts#${environment}`, sk: 'SETTINGS' });

const stored = z.object({ settings: alertSettings, rev: z.number() });

export async function loadAlertSettings(store: Store, environment: string): Promise<StoredAlertSettings> {
  const item = await store.read(settingsKey(environment));
  return item ? stored.parse(readable(item)) : { settings: alertSettings.parse({}), rev: 0 };
}

export interface SettingsChange {
  readonly environment: string;
  readonly settings: AlertSettings;
  readonly actor: string;
  /** The revision that the caller saw; left out: whatever is there. */
  readonly ifRev?: number | undefined;
}

/** Replaces them all. Throws RevisionError where somebody else has changed them meanwhile. */
export async function putAlertSettings(deps: JournalDeps, change: SettingsChange): Promise<StoredAlertSettings> {
  const { environment, settings, actor } = change;
  const { rev } = await loadAlertSettings(deps.store, environment);
  const expected = change.ifRev ?? rev;
  const result = await commit(deps, {
    name: 'alert-settings.put',
    key: settingsKey(environment),
    set: { settings: settings as unknown as Value, changedBy: actor, changedAt: deps.clock.now(), schemaVersion: 1 },
    add: { rev: 1 },
    when: [expected === 0 ? { test: 'absent', attribute: 'rev' } : { test: 'equals', attribute: 'rev', value: expected }],
  });
  if (result.applied) return stored.parse(result.item);
  throw new RevisionError(`The alert settings of ${environment} are not at revision ${expected} any more.`, {
    next: 'slipway alerts settings, then repeat the change on what they are now.',
  });
}
