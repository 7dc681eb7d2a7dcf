import type { Command } from 'commander';
import type { RunSummary } from '../../shared/api/run-view.ts';
import { parseWhole } from '../options.ts';
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
    .option('--limit <count>', 'at most so many', parseWhole(1, 1000), 20)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async ({ limit, cursor }: { limit: number; cursor?: string }) => {
      const client = await session.client();
      const page = await client.call('list-runs', { limit, cursor });
      session.result(page, ({ runs, cursor: next }, paint) => [
        ...(runs.length === 0
          ? ['There are no runs yet.', `Start one: ${session.commandLine('start', 'FILE')}`]
          : listLines(runs, paint)),
        ...(next === undefined ? [] : ['', `More: ${session.commandLine('list', '--limit', String(limit), '--cursor', next)}`]),
      ]);
    });

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
