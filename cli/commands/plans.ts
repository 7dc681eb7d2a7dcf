import { type Command, InvalidArgumentError } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import type { PlanVersion } from '../../shared/plan/stored-plans.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import { readPlanFile } from '../plan-file.ts';
import { planSourceOf } from '../plan-source.ts';
import { moment } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/printable.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

interface Where {
  readonly environment?: string;
}
interface Paged extends Where {
  readonly limit: number;
  readonly cursor?: string;
}

export function addPlans(program: Command, session: Session): Command {
  const plans = program.command('plans').description('plans that are kept, in versions that never change');
  paged(plans.command('list').description('list them, each at its latest version')).action(async (options: Paged) => {
    const found = await (await session.client()).call('list-plans', options);
    session.result(found, listed(session, options, 'plans', 'list'));
  });
  paged(plans.command('versions <name>').description('list the versions of one, the latest first')).action(
    async (name: string, options: Paged) => {
      const found = await (await session.client()).call('list-plan-versions', { name: parseName(name), ...options });
      session.result(found, listed(session, options, 'plans', 'versions', name));
    },
  );
  inEnvironment(plans.command('get <name>'))
    .description('show one, as JSON with all that it leaves out filled in')
    .option('--version-number <version>', 'this version, and not the latest', parseWhole(1, 1e9))
    .action(async (name: string, { environment, versionNumber: version }: Where & { versionNumber?: number }) => {
      const found = await (await session.client()).call('get-plan', { name: parseName(name), environment, version });
      session.result(found, ({ plan, document }, paint) => [
        ...rowsOf([plan], paint),
        '',
        ...JSON.stringify(document, null, 2).split('\n'),
      ]);
    });
  plans
    .command('put <file>')
    .description('keep a plan as a new version, under its own name')
    .option('-m, --reason <text>', 'why, for the audit trail')
    .option('--if-version <version>', 'only where this is the latest still; 0: where there is none', parseWhole(0, 1e9))
    .action(async (file: string, options: { reason?: string; ifVersion?: number }) => put(session, file, options));
  return plans;
}

async function put(session: Session, file: string, options: { reason?: string; ifVersion?: number }): Promise<void> {
  const read = await readPlanFile(file, session.shell.cwd);
  session.planFile = file;
  const client = await session.client();
  const source = planSourceOf(read, client);
  // What the plan calls itself, the control plane reads: it tells where it is wrong.
  const validated = await client.call('validate-plan', source);
  const name = validated.valid ? String(validated.description['name']) : 'invalid';
  const { plan, created } = await client.call('put-plan', { name, ...source, ...options });
  const start = session.commandLine('start', `${plan.name}@${plan.version}`);
  session.result({ plan, created }, (safe) => [
    `${safe.plan.name} is ${created ? 'now' : 'already'} at version ${safe.plan.version} in ${safe.plan.environment}.`,
    `Start it: ${start}`,
  ]);
}

const inEnvironment = (command: Command): Command =>
  command.option('--environment <name>', "where (default: the control plane's own)", parseEnvironment);

const paged = (command: Command): Command =>
  inEnvironment(command)
    .option('--limit <count>', 'at most so many', parseWhole(1, 100), 50)
    .option('--cursor <cursor>', 'go on after an earlier page');

const listed =
  (session: Session, asked: Paged, ...words: readonly string[]) =>
  ({ environment, plans, cursor }: EndpointOutput<'list-plans'>, paint: Paint): string[] => [
    ...(plans.length === 0 ? [`There are no such plans in ${environment}.`] : rowsOf(plans, paint)),
    ...session.more(words, asked, cursor),
  ];

function rowsOf(plans: readonly PlanVersion[], paint: Paint): string[] {
  const rows = plans.map(({ name, version, target, digest, actor, at, reason }) => [
    `${name}@${version}`,
    oneLine(target),
    digest.slice(0, 12),
    oneLine(actor),
    moment(at),
    oneLine(reason),
  ]);
  return table([['PLAN', 'TARGET', 'DIGEST', 'BY', 'SINCE', 'WHY'].map(paint.dim), ...rows]);
}

function parseName(text: string): string {
  if (/^[a-z0-9-]{1,48}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of a plan: 1 to 48 of a-z, 0-9 and -.');
}
