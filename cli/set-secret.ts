import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EndpointInput } from '../shared/api/endpoints.ts';
import type { SecretDetail } from '../shared/api/secrets.ts';
import { systemName } from '../shared/secrets/rotation/rotation-settings.ts';
import type { ApiClient } from './api-client.ts';
import { ApiProblemError, UsageError } from './cli-errors.ts';
import { parseDuration, parseWhole } from './options.ts';
import type { Session } from './session.ts';

type Settings = EndpointInput<'put-secret'>;
type Rule = NonNullable<Settings['rule']>;

export interface SetSecretOptions
  extends Pick<Settings, 'environment' | 'system' | 'task' | 'overlap' | 'reason' | 'ifRev'>,
    Partial<Rule> {
  readonly every?: number | 'none';
}

const CLASSES = ['lower', 'upper', 'digit', 'symbol'] as const;

export const secretOptions = (command: Command): Command =>
  command
    .addOption(new Option('--system <system>', 'whose credential it is').choices([...systemName.options]))
    .option('--task <ref>', 'of two-keys: the task that knows the service, ./FILE.ts#EXPORT of this folder or a declared Task')
    .option(
      '--overlap <duration>',
      'for how long the old credential stays valid beside the new one (default: 15m)',
      parseDuration,
    )
    .option('--every <duration>', 'rotate it again and again, from 4h on; none: only when somebody asks', parseEvery)
    .option('--length <count>', 'of passwords (default: 32)', parseWhole(8, 512))
    .option('--classes <names>', `of characters in passwords, with commas: ${CLASSES.join(', ')}`, parseClasses)
    .option('--exclude <characters>', 'that no password has')
    .option('--prefix <text>', 'in front of each')
    .option('-m, --reason <text>', 'why, for the audit trail')
    .option(
      '--if-rev <revision>',
      'only where they are at this revision still; 0: only where there are none',
      parseWhole(0, 1e12),
    );

const parseEvery = (text: string): number | 'none' => (text === 'none' ? text : parseDuration(text));

function parseClasses(text: string): Rule['classes'] {
  const named = text.split(',').map((name) => name.trim());
  const known = named.filter((name): name is (typeof CLASSES)[number] => (CLASSES as readonly string[]).includes(name));
  if (known.length === named.length) return known;
  throw new InvalidArgumentError(`It must be some of ${CLASSES.join(', ')}, with commas between them.`);
}

/** Says how the secret is rotated, or changes of it what is named and nothing else. */
export async function setSecret(session: Session, secretId: string, options: SetSecretOptions): Promise<SecretDetail> {
  const { environment, reason, ifRev, length, classes, exclude, prefix, task, every, ...named } = options;
  const rule = defined({ length, classes, exclude, prefix });
  if (task === undefined && every === undefined && Object.keys(named).length + Object.keys(rule).length === 0) {
    throw new UsageError('Nothing is said of the secret.', { next: 'Name its system: --system postgresql' });
  }
  const client = await session.client();
  const found = await lookUp(client, secretId, environment);
  return client.call('put-secret', {
    ...{ secretId, environment, reason, ifRev: ifRev ?? found?.rev ?? 0 },
    ...named,
    ...(every === undefined ? {} : { every: every === 'none' ? null : every }),
    ...(task === undefined ? {} : { task, ...(client.here ? { baseDir: session.shell.cwd } : {}) }),
    ...(Object.keys(rule).length === 0 ? {} : { rule: { ...found?.rule, ...rule } }),
  });
}

const defined = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** As it is; undefined: nobody has said how it is rotated. */
async function lookUp(client: ApiClient, secretId: string, environment: string | undefined): Promise<SecretDetail | undefined> {
  try {
    return await client.call('get-secret', { secretId, environment });
  } catch (error) {
    if (error instanceof ApiProblemError && error.code === 'SECRET_NOT_FOUND') return undefined;
    throw error;
  }
}
