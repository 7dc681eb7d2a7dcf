import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { followRotation } from '../follow-rotation.ts';
import { parseDuration, parseEnvironment, parseWhole } from '../options.ts';
import { secretReport, secretRows, standingLine, windowLine } from '../render/secret-report.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';
import { type SetSecretOptions, secretOptions, setSecret } from '../set-secret.ts';
import { simulateFailure } from '../simulate/simulate-failure.ts';

interface Where {
  readonly environment?: string;
}

interface Told extends Where {
  readonly reason?: string;
  readonly ifRev?: number;
}

interface RotateOptions extends Told {
  readonly now?: true;
  readonly revokeOld?: true;
  readonly wait: boolean;
  readonly simulate?: string;
  readonly timeout?: number;
}

/** Values are never shown: those of the embedded control plane are in the vault. */
export function addSecrets(program: Command, session: Session): Command {
  const secrets = program.command('secrets').description('secrets that are rotated, without a moment in which nobody gets in');
  inEnvironment(secrets.command('list').description('list the secrets that are rotated, and how that stands')).action(
    (where: Where) => list(session, where),
  );
  inEnvironment(
    secrets.command('show <id>').description('tell how a secret is rotated, and how that stands; never its value'),
  ).action(async (id: string, { environment }: Where) => {
    const client = await session.client();
    session.result(await client.call('get-secret', { secretId: parseId(id), environment }), secretReport);
  });
  secretOptions(
    inEnvironment(secrets.command('set <id>').description('say how a secret is rotated, or change of that what is named')),
  ).action(async (id: string, options: SetSecretOptions) =>
    session.result(await setSecret(session, parseId(id), options), secretReport),
  );
  addRotate(secrets, session);
  switched(session, secrets, 'enable', 'let it be rotated again');
  switched(session, secrets, 'disable', 'let it be rotated no more until it is enabled');
  inEnvironment(secrets.command('restore <id>'))
    .description('take the last rotation back, while the old credential is valid')
    .option('-m, --reason <text>', 'why, for the audit trail')
    .action((id: string, options: Told) => restore(session, parseId(id), options));
  inEnvironment(secrets.command('history <id>'))
    .description('tell of its rotations, and who asked for them')
    .option('--last <count>', 'so many events at most', parseWhole(1, 1000), 50)
    .action((id: string, options: Where & { readonly last: number }) => history(session, parseId(id), options));
  return secrets;
}

const inEnvironment = (command: Command): Command =>
  command.option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);

/** As it stands in a path. */
function parseId(text: string): string {
  if (/^[A-Za-z0-9/_+=.@-]{1,256}$/.test(text)) return text.replaceAll('/', ':');
  throw new InvalidArgumentError('It must be the name of a secret: 1 to 256 of letters, digits and /_+=.@-');
}

function switched(session: Session, secrets: Command, verb: 'enable' | 'disable', description: string): void {
  inEnvironment(secrets.command(`${verb} <id>`).description(description))
    .option('-m, --reason <text>', 'why, for the audit trail')
    .option('--if-rev <revision>', 'only where its settings are at this revision still', parseWhole(1, 1e12))
    .action(async (id: string, { environment, reason, ifRev }: Told) => {
      const client = await session.client();
      const input = { secretId: parseId(id), environment, reason, ifRev };
      session.result(await client.call(`${verb}-secret`, input), secretReport);
    });
}

async function list(session: Session, { environment }: Where): Promise<void> {
  const client = await session.client();
  const found = await client.call('list-secrets', { environment });
  session.result(found, ({ environment: here, rotated }, paint) =>
    rotated.length > 0
      ? secretRows(rotated, paint)
      : [
          `No secret is rotated in ${here}.`,
          `Begin:   ${session.commandLine('secrets', 'set', 'NAME', '--system', 'postgresql')}`,
        ],
  );
}

function addRotate(secrets: Command, session: Session): void {
  inEnvironment(secrets.command('rotate <id>'))
    .description('have a new credential made, tried and put to use; the old one stays valid for the overlap')
    .option('--now', 'with --revoke-old: whoever still uses the old credential is refused from then on')
    .option('--revoke-old', 'the old one is not to be trusted: revoke it as soon as the new one is tried')
    .option('-m, --reason <text>', 'why, for the audit trail')
    .option(
      '--simulate <failure>',
      'rotate nothing: play it here with this failure, against a simulated server; list: tell which there are',
    )
    .option('--no-wait', 'leave as soon as it is asked for')
    .option('--timeout <duration>', 'leave after so long (exit 9); the rotation goes on', parseDuration)
    .action((id: string, options: RotateOptions) => rotate(session, parseId(id), options));
}

async function rotate(session: Session, secretId: string, options: RotateOptions): Promise<void> {
  const { environment, reason, timeout, simulate } = options;
  if (simulate !== undefined) return simulateFailure(session, simulate, { secretId, environment });
  if (options.revokeOld && !options.now) {
    throw new UsageError('--revoke-old refuses whoever uses the old credential still.', {
      next: 'Where that is meant, add --now. Without both, the old one stays valid for the overlap.',
    });
  }
  const client = await session.client();
  const asked = await client.call('ask-rotation', { secretId, environment, reason, revokeOld: options.revokeOld === true });
  if (!options.wait) {
    return session.result(asked, (safe) => [
      `Version ${safe.version} is under way.`,
      `Look:    ${session.commandLine('secrets', 'show', nameOf(secretId))}`,
    ]);
  }
  const ended = await followRotation(session, client, { secretId: secretId, environment, asked, timeout });
  if (ended.status !== 'done') session.exitCode = EXIT.error;
  const detail = await client.call('get-secret', { secretId, environment });
  session.result({ ...ended, window: detail.window }, (safe, paint) => [
    safe.status === 'done' ? paint.green(`${nameOf(secretId)} is rotated.`) : standingLine(safe, paint),
    ...(safe.status === 'done' && safe.window ? [`Window:  ${windowLine(safe.window, detail.overdue, paint)}`] : []),
    ...(safe.status === 'failed'
      ? ['The credential in use is unchanged.', ...(safe.failure?.next ? [`Next:    ${safe.failure.next}`] : [])]
      : []),
    ...(safe.status === 'done' && safe.window?.status === 'open'
      ? [`Undo:    ${session.commandLine('secrets', 'restore', nameOf(secretId))}`]
      : []),
  ]);
}

const nameOf = (secretId: string): string => secretId.replaceAll(':', '/');

async function restore(session: Session, secretId: string, { environment, reason }: Told): Promise<void> {
  const client = await session.client();
  const { window } = await client.call('get-secret', { secretId, environment });
  if (!window) {
    throw new UsageError(`${nameOf(secretId)} was never rotated: there is nothing to take back.`, {
      next: session.commandLine('secrets', 'history', nameOf(secretId)),
    });
  }
  const restored = await client.call('restore-secret', { secretId, environment, version: window.version, reason });
  session.result(restored, (safe, paint) => [
    paint.green(`${safe.id} is what it was before: version ${window.old}.`),
    ...(safe.window ? [`Window:  ${windowLine(safe.window, safe.overdue, paint)}`] : []),
  ]);
}

async function history(
  session: Session,
  secretId: string,
  { environment, last }: Where & { readonly last: number },
): Promise<void> {
  const client = await session.client();
  const found = await client.call('get-secret-history', { secretId, environment, limit: last });
  session.result(found, ({ windows, events, more }, paint) => [
    ...windows.map((window) => windowLine(window, false, paint)),
    ...(windows.length === 0 ? ['It was never rotated.'] : []),
    '',
    ...events.toReversed().flatMap((event) => eventLines(event, paint)),
    ...(more ? [paint.dim(`There are earlier ones: --last ${Math.min(1000, last * 2)}`)] : []),
  ]);
}
