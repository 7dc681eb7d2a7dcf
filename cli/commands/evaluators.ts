import type { Command } from 'commander';
import * as z from 'zod';
import type { EvaluatorsView } from '../../shared/api/flags.ts';
import { EVALUATORS, evaluators } from '../../shared/flags/flag-document.ts';
import { UsageError } from '../cli-errors.ts';
import { readJsonFile } from '../flag-form.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import type { Paint } from '../render/paint.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';

interface Where {
  readonly environment?: string;
}

interface SetOptions extends Where {
  readonly reason?: string;
  readonly ifRev?: number;
}

export function addEvaluators(program: Command, session: Session): Command {
  const verbs = program.command('evaluators').description('rules by name that the flags of an environment share, by $ref');
  const add = (name: string, what: string): Command =>
    verbs
      .command(name)
      .description(what)
      .option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);
  add('get', 'tell what they are').action(async ({ environment }: Where) => {
    const client = await session.client();
    session.result(await client.call('get-evaluators', { environment }), report);
  });
  add('set <file>', 'replace them by those of a JSON file: a mapping of names to rules')
    .option('--reason <text>', 'why, for the audit trail')
    .option('--if-rev <revision>', 'only where they are at this revision still', parseWhole(0, 1e12))
    .action((file: string, options: SetOptions) => set(session, file, options));
  add('history', 'tell who changed them, when and why').action(async ({ environment }: Where) => {
    const client = await session.client();
    const { events } = await client.call('get-flag-history', { key: EVALUATORS, environment });
    session.result({ events }, (safe, paint) => safe.events.flatMap((event) => eventLines(event, paint)));
  });
  return verbs;
}

const answered = z.looseObject({ evaluators });

/** As `get --json` prints them, as they stand in a document of flags, or alone. */
async function set(session: Session, file: string, { environment, reason, ifRev }: SetOptions): Promise<void> {
  const value = await readJsonFile(file, session.shell.cwd, 'a mapping of names to rules, as: slipway evaluators get --json');
  const wrapped = z.looseObject({ [EVALUATORS]: evaluators }).safeParse(value).data?.[EVALUATORS];
  const parsed = evaluators.safeParse(wrapped ?? answered.safeParse(value).data?.evaluators ?? value);
  if (!parsed.success)
    throw new UsageError(`${file} holds no mapping of names to rules.`, { next: 'Correct it: docs/flags.md has an example.' });
  const client = await session.client();
  const rev = ifRev ?? (await client.call('get-evaluators', { environment })).rev;
  session.result(await client.call('put-evaluators', { environment, reason, ifRev: rev, evaluators: parsed.data }), report);
}

const report = ({ environment, evaluators: rules, rev }: EvaluatorsView, paint: Paint): string[] => [
  `${paint.bold('Evaluators')} of ${environment}, revision ${rev}`,
  ...JSON.stringify(rules, undefined, 2).split('\n'),
];
