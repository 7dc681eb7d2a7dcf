import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { type AccessToken, AccessTokens } from '../../local/access-tokens.ts';
import { OwnerToken } from '../../local/owner-token.ts';
import { EVERYWHERE } from '../../shared/access/caller.ts';
import { ROLES } from '../../shared/access/role.ts';
import { UsageError } from '../cli-errors.ts';
import { parseDuration, parseEnvironment } from '../options.ts';
import { moment } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/printable.ts';
import { table } from '../render/table.ts';
import { DATA_DIR, type Session } from '../session.ts';

interface CreateOptions {
  readonly role: string;
  readonly environments: readonly string[];
  readonly for?: string;
  readonly ttl?: number;
}

/** They are files of the data directory: whoever can write there needs no token, and nobody else can make one. */
export function addTokens(program: Command, session: Session): Command {
  const tokens = program
    .command('tokens')
    .description('who else may call the embedded control plane of --data-dir, and what for');
  tokens
    .command('create')
    .description('make a token; it is printed once, and only a hash of it is kept')
    .addOption(new Option('--role <role>', 'what its bearer may do').choices([...ROLES]).makeOptionMandatory())
    .requiredOption('--environments <names>', 'where, with commas between them; all: in every one', parseEnvironments)
    .option('--for <name>', 'whom audit trails name as its bearer (default: its id)')
    .option('--ttl <duration>', 'until when it counts, such as 12h or 30d (default: until it is revoked)', parseDuration)
    .action((options: CreateOptions) => create(session, options));
  tokens
    .command('list')
    .description('list the tokens, the oldest first')
    .action(async () => {
      const made = await tokensOf(session).list();
      session.result({ tokens: made }, (safe, paint) => listLines(session, safe.tokens, paint));
    });
  tokens
    .command('rotate <id>')
    .description(`make another token for the same bearer, beside the old one for a while; ${OWNER}: that of the data directory`)
    .option('--overlap <duration>', 'for how long the old one opens still (default: 15m)', parseDuration, 900_000)
    .option('--revoke-old', 'let the old one open nothing from now on')
    .action((id: string, { overlap, revokeOld }: { overlap: number; revokeOld?: true }) =>
      rotate(session, id, revokeOld ? 0 : overlap),
    );
  tokens
    .command('revoke <id>')
    .description('let a token open nothing from now on')
    .action(async (id: string) => {
      if (await tokensOf(session).revoke(id))
        return session.result({ revoked: id }, (safe) => [`${safe.revoked} opens nothing any more.`]);
      throw new UsageError(`There is no token ${id}.`, { next: session.commandLine('tokens', 'list') });
    });
  return tokens;
}

const parseEnvironments = (text: string): readonly string[] =>
  text === 'all' ? [EVERYWHERE] : text.split(',').map((name) => parseEnvironment(name.trim()));

const tokensOf = ({ shell, dataDir = DATA_DIR }: Session): AccessTokens =>
  new AccessTokens(resolve(shell.cwd, dataDir), shell.clock);

async function create(session: Session, { role, environments, for: actor, ttl }: CreateOptions): Promise<void> {
  const roles = environments.map((environment) => `${environment}:${role}`);
  const { token, made } = await tokensOf(session).create({ actor, roles, ttl }, systemIds());
  session.result({ token, ...made }, (safe, paint) => [
    safe.token,
    '',
    `${paint.bold(safe.actor)} may call as ${safe.roles.join(' ')}${safe.expiresAt === undefined ? '' : ` until ${moment(safe.expiresAt)}`}.`,
    'It is told this once. Keep it in a file of its own: slipway --url URL --token-file FILE list',
    `Take it back: ${session.commandLine('tokens', 'revoke', safe.id)}`,
  ]);
}

/** Stands for the token of the data directory, which no list has. */
const OWNER = 'owner';

async function rotate(session: Session, id: string, overlap: number): Promise<void> {
  const { shell, dataDir = DATA_DIR } = session;
  const until = (oldUntil: number) =>
    overlap === 0 ? 'The old one opens nothing any more.' : `The old one opens until ${moment(oldUntil)}.`;
  if (id === OWNER) {
    const { oldUntil } = await new OwnerToken(resolve(shell.cwd, dataDir), shell.clock).rotate(overlap);
    return session.result({ rotated: OWNER, oldUntil }, (safe) => [
      'The data directory has a new token; commands in it use it from now on.',
      until(safe.oldUntil),
    ]);
  }
  const rotated = await tokensOf(session).rotate(id, overlap, systemIds());
  if (!rotated) throw new UsageError(`There is no token ${id}.`, { next: session.commandLine('tokens', 'list') });
  const { token, made, oldUntil } = rotated;
  session.result({ token, ...made, replaces: id, oldUntil }, (safe, paint) => [
    safe.token,
    '',
    `${paint.bold(safe.actor)} may call as ${safe.roles.join(' ')} with it. It is told this once.`,
    until(safe.oldUntil),
  ]);
}

function listLines(session: Session, made: readonly AccessToken[], paint: Paint): string[] {
  if (made.length === 0)
    return [
      'There are no tokens beside the one of the data directory.',
      `Make one: ${session.commandLine('tokens', 'create', '--role', 'viewer', '--environments', 'staging')}`,
    ];
  const now = session.shell.clock.now();
  const ends = ({ expiresAt }: AccessToken) =>
    expiresAt === undefined ? '' : expiresAt > now ? moment(expiresAt) : paint.yellow('expired');
  const rows = made.map((one) => [one.id, oneLine(one.actor), one.roles.join(' '), moment(one.createdAt), ends(one)]);
  return table([['TOKEN', 'FOR', 'ROLES', 'MADE', 'UNTIL'].map(paint.dim), ...rows]);
}
