import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import type { FlagView } from '../../shared/api/flags.ts';
import { flagDocument } from '../../shared/flags/flag-document.ts';
import type { FlagFeed } from '../../shared/flags/flag-feed.ts';
import { joinFeeds } from '../../shared/flags/join-feeds.ts';
import type { ApiClient } from '../api-client.ts';
import { ApiProblemError, UsageError } from '../cli-errors.ts';
import { type FormOptions, formOptions, merged, namedFields, readFlagFile } from '../flag-form.ts';
import { parseEnvironment, parseFlagKey, parseWhole } from '../options.ts';
import { flagReport, flagSummary } from '../render/flag-report.ts';
import type { Paint } from '../render/paint.ts';
import { table } from '../render/table.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';

interface Where {
  readonly environment?: string;
}

interface SetOptions extends Where, FormOptions {
  readonly file?: string;
  readonly reason?: string;
  readonly ifRev?: number;
}

export function addFlags(program: Command, session: Session): Command {
  const flags = program.command('flags').description('switches that programs read while they run');
  inEnvironment(flags.command('list').description('list the flags of an environment')).action((where: Where) =>
    list(session, where),
  );
  inEnvironment(flags.command('get <key>').description('tell what a flag is, for whom')).action(
    async (key: string, { environment }: Where) => {
      const client = await session.client();
      session.result(await client.call('get-flag', { key: parseFlagKey(key), environment }), flagReport);
    },
  );
  formOptions(inEnvironment(flags.command('set <key>')))
    .description('make a flag, or change of it what is named')
    .option('--file <file>', "a whole flag in flagd's format, as JSON, instead of the form")
    .option('--reason <text>', 'why, for the audit trail')
    .option(
      '--if-rev <revision>',
      'only where the flag is at this revision still; 0: only where there is none',
      parseWhole(0, 1e12),
    )
    .action((key: string, options: SetOptions) => set(session, parseFlagKey(key), options));
  inEnvironment(flags.command('history <key>').description('tell who changed a flag, when and why')).action(
    async (key: string, { environment }: Where) => {
      const client = await session.client();
      const { events } = await client.call('get-flag-history', { key: parseFlagKey(key), environment });
      session.result({ events }, (safe, paint) => safe.events.flatMap((event) => eventLines(event, paint)));
    },
  );
  return flags;
}

const inEnvironment = (command: Command): Command =>
  command.option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);

async function list(session: Session, { environment }: Where): Promise<void> {
  const client = await session.client();
  const first = await client.call('list-flags', { environment });
  const rest: FlagFeed[] = [];
  for (let { cursor } = first; cursor !== undefined; cursor = rest.at(-1)?.cursor) {
    rest.push(await client.call('list-flags', { environment, cursor }));
  }
  session.result(joinFeeds([first, ...rest]), (safe, paint) => listLines(session, safe, paint));
}

function listLines(session: Session, { environment, flags }: EndpointOutput<'list-flags'>, paint: Paint): string[] {
  const definitions = Object.entries(flagDocument.safeParse(flags).data?.flags ?? {});
  if (definitions.length === 0)
    return [`There are no flags in ${environment}.`, `Make one: ${session.commandLine('flags', 'set', 'KEY', '--percent', '0')}`];
  const rows = definitions.map(([key, flag]) => [
    key,
    flag.state === 'ENABLED' ? paint.green('enabled') : paint.yellow('disabled'),
    flagSummary(flag),
  ]);
  return table([['FLAG', 'STATE', ''].map(paint.dim), ...rows]);
}

async function set(session: Session, key: string, options: SetOptions): Promise<void> {
  const { environment, reason, file } = options;
  const fields = namedFields(options);
  const named = Object.keys(fields).length;
  if (file !== undefined && named > 0)
    throw new UsageError('--file is the whole flag, so nothing else can be said of it.', { next: 'slipway flags set --help' });
  if (file === undefined && named === 0)
    throw new UsageError('Nothing is said of the flag.', { next: `slipway flags set ${key} --percent 25` });
  const client = await session.client();
  const found = await lookUp(client, key, environment);
  const write = { key, environment, reason, ifRev: options.ifRev ?? found?.rev ?? 0 };
  const flag =
    file === undefined
      ? await client.call('put-flag', { ...write, simple: merged(formOf(found, key), fields) })
      : await client.call('put-flag', { ...write, flag: await readFlagFile(file, key, session.shell.cwd) });
  session.result(flag, flagReport);
}

/** The flag as it is; undefined: there is none. */
async function lookUp(client: ApiClient, key: string, environment: string | undefined): Promise<FlagView | undefined> {
  try {
    return await client.call('get-flag', { key, environment });
  } catch (error) {
    if (error instanceof ApiProblemError && error.code === 'FLAG_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Only what the form can say may be changed by it: anything else would be lost. */
function formOf(found: FlagView | undefined, key: string): unknown {
  if (!found || found.simple) return found?.simple;
  throw new UsageError(`The flag ${key} says more than the form can, which would be lost.`, {
    next: `slipway flags get ${key} --json > FLAG.json, change it there, then: slipway flags set ${key} --file FLAG.json`,
  });
}
