import { SecretNotFoundError, SecretRevisionError, SecretSettingsError } from '../../errors/secret-errors.ts';
import type { Item, Key, Store, Value } from '../../ports/store.ts';
import { create, flushEvent, type JournalDeps, transition } from '../../run/journal.ts';
import { readAll } from '../../run/read-all.ts';
import { writeSecretSettings } from '../../run/writes.ts';
import { secretName } from '../secret-name.ts';
import {
  type RotationPolicy,
  type RotationSettings,
  readSettings,
  rotationPolicy,
  rotationSettingsKey,
} from './rotation-settings.ts';

export interface SettingsChange {
  readonly secretId: string;
  readonly environment: string;
  readonly actor: string;
  readonly reason: string;
  /** The revision that the person saw; 0: there was none. Absent: whatever is there. */
  readonly ifRev?: number | undefined;
}

/** How the secret is rotated; undefined: nobody has said. */
export async function loadSettings(
  { store }: { readonly store: Store },
  secretId: string,
): Promise<RotationSettings | undefined> {
  const item = await store.read(rotationSettingsKey(secretId));
  return item && readSettings(item);
}

/** The settings of a secret of this environment. Throws SecretNotFoundError: one of another is not told of. */
export async function requireSettings(
  deps: { readonly store: Store },
  { secretId, environment }: Pick<SettingsChange, 'secretId' | 'environment'>,
): Promise<RotationSettings> {
  const found = await loadSettings(deps, secretId);
  if (found?.environment === environment) return found;
  throw new SecretNotFoundError(`Slipway rotates no secret ${secretId} in ${environment}.`, {
    next: 'slipway secrets list; to have it rotated: slipway secrets set ID',
  });
}

/** Says how a secret is rotated from now on: what is under way goes on as it began. */
export async function putSettings(
  deps: JournalDeps,
  change: SettingsChange,
  decide: (found: RotationSettings | undefined) => RotationPolicy,
): Promise<RotationSettings> {
  const key = rotationSettingsKey(change.secretId);
  const item = await deps.store.read(key);
  const found = item && readSettings(item);
  if (found && found.environment !== change.environment) {
    throw new SecretSettingsError(`${change.secretId} belongs to another environment.`, { next: 'Name another secret.' });
  }
  const rev = found?.rev ?? 0;
  if (change.ifRev !== undefined && change.ifRev !== rev) throw changedMeanwhile(change.secretId, rev);
  const policy = rotationPolicy.parse(decide(found));
  refuseImpossible(policy);
  return write(deps, { key, item, rev }, change, policy);
}

const changedMeanwhile = (secretId: string, rev: number) =>
  new SecretRevisionError(`The settings of ${secretId} are at revision ${rev}.`, {
    next: `slipway secrets show ${secretId}, then repeat the change on what they are now.`,
  });

function refuseImpossible({ system, task, overlap, every }: RotationPolicy): void {
  if ((system === 'two-keys') !== (task !== undefined)) {
    throw new SecretSettingsError('A task belongs to the system two-keys, which needs one.', {
      next: 'Correct the one or the other.',
    });
  }
  if (every === undefined || every > overlap) return;
  throw new SecretSettingsError('The next rotation would come before the old credential of the last one is revoked.', {
    next: 'Choose an overlap that is shorter than the time between rotations.',
  });
}

async function write(
  deps: JournalDeps,
  { key, item, rev }: { readonly key: Key; readonly item: Item | undefined; readonly rev: number },
  { secretId, environment, actor, reason }: SettingsChange,
  policy: RotationPolicy,
): Promise<RotationSettings> {
  const name = secretName(secretId);
  const said = JSON.parse(JSON.stringify(policy)) as Record<string, Value>;
  const set = {
    ...said,
    ...{ secretId: name, environment, actor, reason, changedAt: deps.clock.now() },
    ...{ listing: 'secret', listingSort: `${environment}#${name}` },
  };
  const remove = (['task', 'baseDir', 'every'] as const).filter((field) => policy[field] === undefined);
  const draft = { type: 'secretSettingsPut', actor, data: { secretId: name, environment, reason, ...said } } as const;
  const result = item
    ? await transition(deps, item, draft, { set, remove }, (made) => writeSecretSettings(key, rev, made), 0)
    : await create(deps, key, draft, 0, (made) => writeSecretSettings(key, 0, { set: made }), set);
  if (!result.applied) throw changedMeanwhile(secretId, Number(result.current?.['rev'] ?? 0));
  await flushEvent(deps, result.item);
  return readSettings(result.item);
}

/** The most secrets of one environment. */
const MOST = 5000;

/** Every secret that is rotated, or every one of an environment, by name; consistent for each that the index knows. */
export async function listSettings(store: Store, environment?: string): Promise<readonly RotationSettings[]> {
  const prefix = environment === undefined ? '' : `${environment}#`;
  const keys: Key[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('listing', 'secret', { prefix, ...(cursor === undefined ? {} : { cursor }) });
    keys.push(...page.items.map(({ pk, sk }) => ({ pk, sk })));
    cursor = page.cursor;
  } while (cursor !== undefined && keys.length < MOST);
  const items = await readAll(store, keys);
  return items.filter((item): item is Item => item !== undefined).map(readSettings);
}
