import { type Command, Option } from 'commander';
import type { EndpointInput } from '../../shared/api/endpoints.ts';
import type { RunSummary } from '../../shared/api/run-view.ts';
import { runStatus } from '../../shared/run/run-state.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import { moment } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/printable.ts';
import { painted } from '../render/run-status.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

export const addList = (program: Command, session: Session): Command =>
  program
    .command('list')
    .description('list runs, the latest first')
    .option('--environment <name>', 'only of this environment', parseEnvironment)
    .addOption(new Option('--status <status>', 'only those').choices(runStatus.options))
    .option('--plan <name>', 'only of this plan')
    .option('--target <target>', 'only on this target')
    .option('--actor <name>', 'only those that this one started')
    .option('--limit <count>', 'at most so many', parseWhole(1, 1000), 20)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async (options: EndpointInput<'list-runs'>) => {
      const client = await session.client();
      const page = await client.call('list-runs', options);
      const { limit: _, cursor: _from, ...wanted } = options;
      session.result(page, ({ runs, cursor: next }, paint) => [
        ...(runs.length > 0 ? listLines(runs, paint) : nothing(session, Object.keys(wanted).length > 0 || next !== undefined)),
        ...session.more(['list'], options, next),
      ]);
    });

const nothing = (session: Session, others: boolean): string[] =>
  others ? ['There are no such runs.'] : ['There are no runs yet.', `Start one: ${session.commandLine('start', 'FILE')}`];

function listLines(runs: readonly RunSummary[], paint: Paint): string[] {
  const rows = runs.map(({ id, status, plan, target, createdAt, actor, turn }) => [
    id,
    turn ? `${painted(status, paint)} ${turn.position}/${turn.waiting}` : painted(status, paint),
    plan.name,
    target,
    moment(createdAt),
    oneLine(actor),
  ]);
  return table([['RUN', 'STATUS', 'PLAN', 'TARGET', 'STARTED', 'BY'].map(paint.dim), ...rows]);
}
