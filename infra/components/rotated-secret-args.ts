import { type asset, type Input, RunError } from '@pulumi/pulumi';
import { z } from 'zod';
import { duration, formatDuration } from '../../shared/notation/quantities.ts';
import { DEFAULT_OVERLAP, LONGEST_OVERLAP, systemName, valueRule } from '../../shared/secrets/rotation/rotation-settings.ts';
import { secretName } from '../../shared/secrets/secret-name.ts';
import type { Vpc } from '../settings.ts';

/** What can be checked before anything is deployed. */
const Checked = z
  .object({
    system: systemName,
    /** For how long the old credential stays valid beside the new one, and applications may keep what they have read. */
    overlap: duration
      .refine((ms) => ms <= LONGEST_OVERLAP, `must be at most ${formatDuration(LONGEST_OVERLAP)}`)
      .default(DEFAULT_OVERLAP),
    /** How a password is made. */
    rule: valueRule.prefault({}),
    everyDays: z.int().min(1, 'must be 1 or above').max(1000, 'must be 1000 or below').default(30),
  })
  .refine(({ overlap, everyDays }) => overlap < everyDays * DAY_MS, {
    path: ['overlap'],
    message: 'must be shorter than everyDays: one window at a time',
  });

const DAY_MS = 86_400_000;

export interface RotatedSecretArgs extends Readonly<z.input<typeof Checked>> {
  /** The environment of the ControlPlane that it belongs to. */
  readonly environment: string;
  readonly description?: string;
  /** ARN of a secret that is there already, in place of one that is made; the ControlPlane is told its name (`adoptedSecrets`). */
  readonly secretArn?: Input<string>;
  /** The secret that `masterarn` names in this one. */
  readonly masterSecretArn?: Input<string>;
  /** Of `two-keys`: the function (name or ARN) of the Task that knows the service. */
  readonly task?: Input<string>;
  /** A customer's key that encrypts the secret; where the ControlPlane has one (`customerKey`), that one. */
  readonly keyArn?: Input<string>;
  /** A customer's key that encrypts the master secret. */
  readonly masterKeyArn?: Input<string>;
  /** Where the server can be reached; from there Secrets Manager, DynamoDB, EventBridge and Step Functions must be. */
  readonly vpc?: Vpc;
  /** 90 by default. */
  readonly logRetentionDays?: number;
  readonly tags?: { readonly [key: string]: string };
  /** The bundle of what rotates a system; that of the package by default. */
  readonly code?: (rotator: string) => Input<asset.Archive>;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const LONGEST_FUNCTION_NAME = 64;

/** With what is left out filled in; all that is wrong is told at once. */
export function checkRotatedSecret(name: string, physicalName: string, args: RotatedSecretArgs): z.output<typeof Checked> {
  const parsed = Checked.safeParse(args);
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  if (!NAME.test(name) || physicalName.length > LONGEST_FUNCTION_NAME) {
    const room = LONGEST_FUNCTION_NAME - (physicalName.length - name.length);
    problems.push(`  its name: take letters, digits, - and _, a letter first, ${room} at most in ${args.environment}`);
  }
  if ((args.system === 'two-keys') !== (args.task !== undefined))
    problems.push('  task: belongs to the system two-keys, which needs one');
  if (args.masterKeyArn !== undefined && args.masterSecretArn === undefined)
    problems.push('  masterKeyArn: needs masterSecretArn, the secret that it encrypts');
  if (args.secretArn !== undefined && args.description !== undefined)
    problems.push('description: belongs to a secret that is made, and secretArn names one that is there');
  if (typeof args.secretArn === 'string' && secretName(args.secretArn) === args.secretArn)
    problems.push('secretArn: must be the ARN of a secret, with the six characters at its end');
  if (!parsed.success || problems.length > 0)
    throw new RunError(`The RotatedSecret ${name} is wrong:\n${problems.join('\n')}\nMend its arguments.`);
  return parsed.data;
}
