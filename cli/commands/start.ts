import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { commanded } from '../command-run.ts';
import { EXIT } from '../exit-codes.ts';
import { parseEnvironment, parsePriority, type WatchOptions, watchOptions } from '../options.ts';
import { type PlanFile, readPlanFile } from '../plan-file.ts';
import { isPlanReference, planSourceOf } from '../plan-source.ts';
import { dryRunReportLines } from '../render/dry-run-report.ts';
import type { Session } from '../session.ts';

interface StartOptions extends WatchOptions {
  readonly dryRun?: true;
  readonly queue?: true;
  readonly idempotencyKey?: string;
  readonly priority?: number;
  readonly environment?: string;
}

export const addStart = (program: Command, session: Session): Command =>
  watchOptions(program.command('start <file>'))
    .description('start a run of a plan: of a file, or of one that is kept, as in cities@3 or cities@latest')
    .option('--environment <name>', "where a plan is kept (default: the control plane's own)", parseEnvironment)
    .option('--dry-run', 'tell what a run would change and write nothing; exit 7 where there would be changes')
    .option('--queue', 'wait for the locks instead of being refused where another run holds them')
    .option('--idempotency-key <key>', 'the same key answers the same run')
    .option('--priority <number>', 'where runs wait for their turn: -10 to 10, the higher the sooner (default: 0)', parsePriority)
    .action(async (file: string, options: StartOptions) => {
      const kept = isPlanReference(file);
      const plan = kept ? file : await readPlanFile(file, session.shell.cwd);
      if (!kept) session.planFile = file;
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

async function start(session: Session, plan: PlanFile | string, options: StartOptions): Promise<EndpointOutput<'start-run'>> {
  const { dryRun = false, queue = false, idempotencyKey, priority, environment } = options;
  const client = await session.client();
  const source = typeof plan === 'string' ? { plan, environment } : planSourceOf(plan, client);
  return client.call('start-run', { ...source, dryRun, queue, idempotencyKey, priority });
}
