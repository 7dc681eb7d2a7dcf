import { randomBytes } from 'node:crypto';
import { EmbeddedRotations } from '../adapters/embedded/embedded-rotations.ts';
import { AgentSecrets } from '../adapters/embedded/vault/agent-secrets.ts';
import type { vaultPaths } from '../adapters/embedded/vault/vault-paths.ts';
import { namedSystem } from '../adapters/systems/named-system.ts';
import { RotationStepError } from '../shared/errors/secret-errors.ts';
import type { OldCredentials } from '../shared/ports/old-credentials.ts';
import type { Rotations } from '../shared/ports/rotations.ts';
import type { Secrets } from '../shared/ports/secrets.ts';
import type { JournalDeps } from '../shared/run/journal.ts';
import { makeValue } from '../shared/secrets/make-value.ts';
import { loadSettings } from '../shared/secrets/rotation/change-settings.ts';
import { restoreOld } from '../shared/secrets/rotation/restore-old.ts';
import { revokeOld } from '../shared/secrets/rotation/revoke-old.ts';
import type { RotationDeps } from '../shared/secrets/rotation/rotation-context.ts';
import { takeStep } from '../shared/secrets/rotation/take-step.ts';
import type { Closing } from './closing.ts';
import type { EmbeddedCode } from './embedded-code.ts';

export interface EmbeddedSecretsOptions extends JournalDeps {
  readonly vault: ReturnType<typeof vaultPaths>;
  readonly workflow: RotationDeps['workflow'];
  readonly code: Pick<EmbeddedCode, 'userCode'>;
  readonly onFault: (error: unknown) => void;
  /** What is done here is done on AWS by others than the function that asks for it. */
  readonly outside: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface EmbeddedSecrets {
  readonly secrets: Secrets;
  readonly rotations: Rotations;
  readonly oldCredentials: OldCredentials;
}

/** Secrets of the vault, and their rotations carried out in this process: what Secrets Manager and a function of each secret do on AWS. */
export function embeddedSecrets(options: EmbeddedSecretsOptions, closing: Closing): EmbeddedSecrets {
  const { vault, workflow, code, onFault, outside, ...journal } = options;
  const { clock } = journal;
  const secrets = new AgentSecrets(vault);
  const depsOf = async (secretId: string): Promise<RotationDeps> => {
    const settings = await loadSettings(journal, secretId);
    if (!settings) {
      throw new RotationStepError(`Nothing says how ${secretId} is rotated.`, { next: `slipway secrets set ${secretId}` });
    }
    const { rule, overlap, baseDir } = settings;
    const system = await namedSystem(settings, { userCode: () => code.userCode(baseDir), clock });
    return { ...journal, workflow, secrets, system, overlap, make: () => makeValue(rule, (count) => randomBytes(count)) };
  };
  const rotations = new EmbeddedRotations({
    ...{ secrets, clock, onFault },
    step: (step, rotation) => outside(async () => takeStep(await depsOf(rotation.secretId), step, rotation)),
  });
  closing.push(() => rotations.close());
  return {
    secrets,
    rotations,
    oldCredentials: {
      revoke: (window) => outside(async () => revokeOld(await depsOf(window.secretId), window)),
      restore: (rotation) => outside(async () => restoreOld(await depsOf(rotation.secretId), rotation)),
    },
  };
}
