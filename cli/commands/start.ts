import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { commanded } from '../command-run.ts';
import { EXIT } from '../exit-codes.ts';
import { parsePriority, type WatchOptions, watchOptions } from '../options.ts';
import { type PlanFile, readPlanFile } from '../plan-file.ts';
import { planSourceOf } from '../plan-source.ts';
import { dryRunReportLines } from '../render/dry-run-report.ts';
import type { Session } from '../session.ts';

interface StartOptions extends WatchOptions {
  readonly dryRun?: true;
  readonly queue?: true;
  readonly idempotencyKey?: string;
  readonly priority?: number;
}

export const addStart = (program: Command, session: Session): Command =>
  watchOptions(program.command('start <file>'))
    .description('start a run of a plan')
    .option('--dry-run', 'tell what a run would change and write nothing; exit 7 where there would be changes')
    .option('--queue', 'wait for the locks instead of being refused where another run holds them')
    .option('--idempotency-key <key>', 'the same key answers the same run')
    .option('--priority <number>', 'where runs wait for their turn: -10 to 10, the higher the sooner (default: 0)', parsePriority)
    .action(async (file: string, options: StartOptions) => {
      const plan = await readPlanFile(file, session.shell.cwd);
      session.planFile = file;
      const answer = await start(session, plan, options);
      if (answer.dryRun) {
        session.result(answer.report, dryRunReportLines);
        session.exitCode = answer.report.changes ? EXIT.changes : EXIT.ok;
        return;
      }
      const { run, created } = answer;
      const said = created ? 'Started.' : 'This key has started a run before; here it is.';
      await commanded(session, await session.client(), { run, created }, said, options);
    });

async function start(session: Session, plan: PlanFile, options: StartOptions): Promise<EndpointOutput<'start-run'>> {
  const { dryRun = false, queue = false, idempotencyKey, priority } = options;
  const client = await session.client();
  return client.call('start-run', { ...planSourceOf(plan, client), dryRun, queue, idempotencyKey, priority });
}
