import {
  CredentialError,
  RotationStepError,
  SecretMismatchError,
  SecretNotFoundError,
  SecretShapeError,
} from '../../errors/secret-errors.ts';
import { CURRENT, PREVIOUS, type SecretDescription, type Secrets } from '../../ports/secrets.ts';
import type { Workflow } from '../../ports/workflow.ts';
import type { JournalDeps } from '../../run/journal.ts';
import { parseSecret, type SecretDocument, type SecretFields } from '../secret-document.ts';
import type { RotatedSystem } from './rotated-system.ts';

export interface RotationDeps extends JournalDeps {
  readonly secrets: Secrets;
  readonly workflow: Pick<Workflow, 'start'>;
  readonly system: RotatedSystem;
  /** Makes a new value by the rule of the secret. */
  readonly make: () => string;
  /** For how long the old credential stays valid, ms. */
  readonly overlap: number;
}

/** A rotation as Secrets Manager asks for it: the token is the id of the new version. */
export interface Rotation {
  readonly secretId: string;
  readonly token: string;
}

/** The secret, where it can be rotated at all. */
export async function describeSecret(
  { secrets }: { readonly secrets: Pick<Secrets, 'describe'> },
  secretId: string,
): Promise<SecretDescription> {
  const found = await secrets.describe(secretId);
  if (!found) throw new SecretNotFoundError(`There is no secret ${secretId}.`);
  if (found.deleted) {
    throw new SecretNotFoundError(`The secret ${secretId} is scheduled for deletion.`, {
      next: 'Restore it, or stop its rotation.',
    });
  }
  return found;
}

/** Which version has the label. */
export const versionWith = ({ versions }: SecretDescription, stage: string): string | undefined =>
  [...versions].find(([, stages]) => stages.includes(stage))?.[0];

/** A version taken apart and found fit for its system. Undefined where it has no value. Throws SecretShapeError. */
export async function readVersion(
  { secrets, system }: Pick<RotationDeps, 'secrets' | 'system'>,
  secretId: string,
  version: string,
): Promise<SecretDocument | undefined> {
  const found = await secrets.read(secretId, { version });
  if (!found) return undefined;
  const document = parseSecret(found.text);
  const problem = system.problemOf(document.fields);
  if (problem) throw new SecretShapeError(`Version ${version} of ${secretId}: ${problem}`, { next: 'Correct the secret.' });
  return document;
}

/** The version that is current; nothing of it is read. Throws SecretNotFoundError, and RotationStepError where none is. */
export async function currentVersion(deps: { readonly secrets: Pick<Secrets, 'describe'> }, secretId: string): Promise<string> {
  const version = versionWith(await describeSecret(deps, secretId), CURRENT);
  if (version !== undefined) return version;
  throw new RotationStepError(`${secretId} has no current value.`, { next: 'Put a first value into it.' });
}

export async function currentOf(
  deps: RotationDeps,
  secretId: string,
  secret: SecretDescription,
): Promise<{ readonly version: string; readonly document: SecretDocument }> {
  const version = versionWith(secret, CURRENT);
  const document = version === undefined ? undefined : await readVersion(deps, secretId, version);
  if (version === undefined || !document) {
    throw new RotationStepError(`${secretId} has no current value.`, { next: 'Put a first value into it.' });
  }
  return { version, document };
}

/** A version that names another server would carry a credential of this one there, or change one that is none of ours. */
export function requireSame({ system }: RotationDeps, secretId: string, current: SecretFields, other: SecretFields): void {
  if (system.identityOf(current) === system.identityOf(other)) return;
  throw new SecretMismatchError(`A version of ${secretId} names another server, database or user than the current one.`, {
    next: 'Correct the secret so that its versions name the same; nothing was changed at any server.',
  });
}

/** The first credential that the server lets in of those that may change the pending one: master, current, pending, previous. */
export async function admitted(
  deps: RotationDeps,
  secretId: string,
  secret: SecretDescription,
  known: { readonly current: SecretFields; readonly pending?: SecretFields },
): Promise<SecretFields> {
  const master = await masterOf(deps, secretId, known.current);
  if (master) {
    if (await deps.system.admits(master)) return master;
    throw new CredentialError(`The server refuses the master credential of ${secretId}.`, { next: 'Correct the master secret.' });
  }
  if (await deps.system.admits(known.current)) return known.current;
  if (known.pending && (await deps.system.admits(known.pending))) return known.pending;
  const version = versionWith(secret, PREVIOUS);
  const previous = version === undefined ? undefined : await readVersion(deps, secretId, version);
  if (previous && deps.system.identityOf(previous.fields) === deps.system.identityOf(known.current)) {
    if (await deps.system.admits(previous.fields)) return previous.fields;
  }
  throw new CredentialError(`The server refuses the current, the pending and the previous credential of ${secretId}.`, {
    next: 'Set the password of the current version at the server by hand; the rotation goes on then.',
  });
}

/** The credential that the secret names by `masterarn`, for the same server only. */
async function masterOf(deps: RotationDeps, secretId: string, current: SecretFields): Promise<SecretFields | undefined> {
  const id = current['masterarn'];
  if (typeof id !== 'string') return undefined;
  const found = await deps.secrets.read(id, { stage: CURRENT });
  if (!found) throw new SecretNotFoundError(`The master secret that ${secretId} names is missing, or has no value.`);
  const master = parseSecret(found.text).fields;
  const differs = (['host', 'port'] as const).some((name) => {
    const [here, there] = [current[name], master[name]];
    return here !== undefined && there !== undefined && String(here) !== String(there);
  });
  if (!differs && master['host'] !== undefined) return { ...pick(current, ['engine', 'port', 'dbname', 'ssl']), ...master };
  throw new SecretMismatchError(`The master secret that ${secretId} names is for another server.`, {
    next: 'Name the master secret of the same host.',
  });
}

const pick = (fields: SecretFields, names: readonly string[]): SecretFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
