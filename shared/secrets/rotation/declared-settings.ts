import { SecretRevisionError } from '../../errors/secret-errors.ts';
import type { JournalDeps } from '../../run/journal.ts';
import { loadSettings, putSettings } from './change-settings.ts';
import type { RotationPolicy, RotationSettings } from './rotation-settings.ts';

/** As whom a program speaks that declares a secret. */
const PROGRAM = 'slipway';

/**
 * How a secret is rotated that a program declares: as the program says, until a person says otherwise. What the program says is kept like what a
 * person says, so that the API knows the secret, and follows the program when that is deployed anew.
 */
export async function declaredSettings(
  deps: JournalDeps,
  { secretId, environment }: { readonly secretId: string; readonly environment: string },
  declared: RotationPolicy,
): Promise<RotationSettings> {
  const found = await loadSettings(deps, secretId);
  if (found && (found.actor !== PROGRAM || saysOf(found) === saysOf(declared))) return found;
  const said = { secretId, environment, actor: PROGRAM, reason: 'declared in a program', ifRev: found?.rev ?? 0 };
  try {
    return await putSettings(deps, said, () => declared);
  } catch (error) {
    if (!(error instanceof SecretRevisionError)) throw error;
    // Somebody else was first.
    const now = await loadSettings(deps, secretId);
    if (!now) throw error;
    return now;
  }
}

const saysOf = ({ system, task, overlap, rule, enabled }: RotationPolicy): string =>
  JSON.stringify([system, task, overlap, enabled, rule.length, rule.classes, rule.exclude, rule.prefix]);
