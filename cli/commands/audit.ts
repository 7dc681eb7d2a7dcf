import type { Command } from 'commander';
import { parseWhole } from '../options.ts';
import { moment } from '../render/figures.ts';
import { oneLine } from '../render/printable.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

interface AuditOptions {
  readonly last: number;
  readonly actor?: string;
  readonly type?: string;
  readonly cursor?: string;
}

export const addAudit = (program: Command, session: Session): Command =>
  program
    .command('audit')
    .description('tell who did what, in all runs and flags and what was refused, the latest first')
    .option('--last <count>', 'at most so many', parseWhole(1, 1000), 20)
    .option('--actor <name>', 'only what this one did')
    .option('--type <type>', 'only events of this type, such as flagPut or accessDenied')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async ({ last: limit, actor, type, cursor }: AuditOptions) => {
      const client = await session.client();
      const page = await client.call('list-audit', { limit, actor, type, cursor });
      session.result(page, ({ entries, cursor: next }, paint) => {
        const rows = entries.map((one) => [moment(one.at), oneLine(one.actor), one.type, one.environment ?? '', one.of]);
        return [
          ...(rows.length === 0 ? ['Nothing was found.'] : table([['AT', 'BY', 'WHAT', 'WHERE', 'OF'].map(paint.dim), ...rows])),
          ...(next === undefined ? [] : ['', `More: ${session.commandLine('audit', '--last', String(limit), '--cursor', next)}`]),
        ];
      });
    });
