import type { Command } from 'commander';
import { NoControlPlaneError } from '../cli-errors.ts';
import { parseEnvironment } from '../options.ts';
import { dashboardLines } from '../render/dashboard-report.ts';
import { printableValue } from '../render/printable.ts';
import type { Session } from '../session.ts';

interface DashboardOptions {
  readonly environment?: string;
  readonly watch?: true;
  readonly verdicts: boolean;
}

/** Between two looks, ms. */
const INTERVAL = 5000;

export const addDashboard = (program: Command, session: Session): Command =>
  program
    .command('dashboard')
    .description('show how an environment is: health, runs, trends, experiments, alerts, rollbacks')
    .option('--environment <name>', "which (default: the control plane's own)", parseEnvironment)
    .option('--watch', 'again every 5 seconds, until Ctrl-C; with --json a line each')
    .option('--no-verdicts', 'do not judge experiments, for which all their subjects are read')
    .action(async (options: DashboardOptions) => {
      if (options.watch) await watch(session, options);
      else session.result(await look(session, options), (safe, paint) => dashboardLines(safe, paint));
    });

const look = async (session: Session, { environment, verdicts }: DashboardOptions) =>
  (await session.client()).call('get-dashboard', { environment, experiments: verdicts ? 'verdicts' : 'list' });

/** On a terminal each screen takes the place of the one before. */
async function watch(session: Session, options: DashboardOptions): Promise<void> {
  const { clock, out, onInterrupt } = session.shell;
  const leaving = new AbortController();
  const stop = onInterrupt.call(session.shell, () => leaving.abort());
  try {
    while (!leaving.signal.aborted) {
      try {
        const found = await look(session, options);
        if (session.json) session.item(found, () => []);
        else {
          const screen = dashboardLines(printableValue(found), session.paint).join('\n');
          out.write(`${out.isTerminal ? CLEAR : ''}${screen}\n${out.isTerminal ? '' : '\n'}`);
        }
      } catch (error) {
        // It may be starting again.
        if (!(error instanceof NoControlPlaneError)) throw error;
        session.note(error.message);
      }
      await clock.sleep(INTERVAL, leaving.signal).catch(() => undefined);
    }
  } finally {
    stop();
  }
}

const CLEAR = '\u001b[H\u001b[2J';
