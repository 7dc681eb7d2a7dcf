import type { Command } from 'commander';
import { UsageError } from '../cli-errors.ts';
import { exitCodeOf, followRun } from '../follow-run.ts';
import { parseDuration, parseRunId } from '../options.ts';
import { runReport } from '../render/run-report.ts';
import type { Session } from '../session.ts';

export const addStatus = (program: Command, session: Session): Command =>
  program
    .command('status <id>')
    .description('tell how a run is and what it has used; with --wait when it rests, and with the exit code of its end')
    .option('--wait', 'wait until the run rests')
    .option('--timeout <duration>', 'with --wait: give up after so long, such as 10m (exit 9)', parseDuration)
    .action(async (id: string, { wait, timeout }: { wait?: true; timeout?: number }) => {
      if (timeout !== undefined && !wait) throw new UsageError('--timeout goes with --wait.', { next: 'slipway status --help' });
      const runId = parseRunId(id);
      const client = await session.client();
      const view = wait ? await followRun(session, { client, runId, timeout }) : await client.call('get-run', { runId });
      const usage = await client.call('get-usage', { runId });
      session.result({ ...view, usage }, (safe, paint) => runReport(safe, paint, session.columns));
      if (wait) session.exitCode = await exitCodeOf(client, view);
    });
