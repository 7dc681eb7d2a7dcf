import { type Command, Option } from 'commander';
import type { EndpointInput } from '../../shared/api/endpoints.ts';
import { rollbackCause, rollbackOutcome } from '../../shared/run/rollback-record.ts';
import { parseEnvironment, parseWhole } from '../options.ts';
import { rollbackRows } from '../render/rollback-report.ts';
import type { Session } from '../session.ts';

export const addRollbacks = (program: Command, session: Session): Command =>
  program
    .command('rollbacks')
    .description('list what was taken back, the latest first: why, by whom, how long it took, what was not undone')
    .option('--environment <name>', 'only of this environment', parseEnvironment)
    .option('--plan <name>', 'only of runs of this plan')
    .option('--target <target>', 'only of runs on this target')
    .option('--component <name>', 'only of runs that have this component')
    .addOption(new Option('--cause <cause>', 'only those').choices(rollbackCause.options))
    .addOption(new Option('--outcome <outcome>', 'only those').choices(rollbackOutcome.options))
    .option('--limit <count>', 'at most so many', parseWhole(1, 100), 20)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async (options: EndpointInput<'list-rollbacks'>) => {
      const client = await session.client();
      const page = await client.call('list-rollbacks', options);
      session.result(page, ({ rollbacks, cursor }, paint) => [
        ...(rollbacks.length === 0 ? ['Nothing was taken back.'] : rollbackRows(rollbacks, paint)),
        ...session.more(['rollbacks'], options, cursor),
      ]);
    });
