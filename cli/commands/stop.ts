import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { ApiProblemError, LeftError, NoControlPlaneError, StrangeAnswerError, TimedOutError, UsageError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { parseEnvironment } from '../options.ts';
import { stoppedLines } from '../render/stopped.ts';
import type { Session } from '../session.ts';

interface StopOptions {
  readonly message: string;
  readonly emergency?: true;
  readonly lift?: boolean;
  readonly environment?: string;
  readonly yes?: true;
  readonly table?: string;
  readonly region?: string;
  readonly dynamodb?: string;
}

type Stopped = EndpointOutput<'emergency-stop'>;

export const addStop = (program: Command, session: Session): Command =>
  program
    .command('stop')
    .description('stop everything in an environment at once: all flags to the old side, all runs back, nothing new starts')
    .requiredOption('-m, --message <reason>', 'why, for the timeline')
    .option('--emergency', 'do it')
    .option('--lift', 'let runs go forward again; what was taken back stays so')
    .option('--environment <name>', "which one (default: the control plane's own)", parseEnvironment)
    .option('-y, --yes', 'without being asked once more; needed where nobody sits at a terminal')
    .option('--table <name>', 'where the control plane does not answer: write into its table, with your own AWS credentials')
    .option('--region <region>', 'with --table: the region of the table')
    .option('--dynamodb <url>', "with --table: the address of another DynamoDB, such as the embedded control plane's")
    .action(async (options: StopOptions) => {
      const { emergency, lift, environment, yes, message } = options;
      checkOptions(options);
      if (emergency && !yes && !(await session.confirm(question(environment))))
        throw new LeftError('Nothing was stopped.', { next: 'slipway stop --help' });
      const stopped = await (options.table === undefined ? byApi(session, options) : byTable(session, options.table, options));
      session.result(stopped, (safe, paint) => stoppedLines(session, safe, options.table !== undefined, message, paint));
      if (!lift && stopped.problems.length > 0) session.exitCode = EXIT.error;
    });

const question = (environment: string | undefined): string =>
  `Every flag of ${environment ?? "the control plane's environment"} goes to its old side, every run goes back, and nothing starts until the stop is lifted. Stop it?`;

function checkOptions({ emergency, lift, table, region, dynamodb, environment }: StopOptions): void {
  const wrong =
    (emergency === undefined) === (lift === undefined)
      ? 'Say --emergency to stop everything, or --lift to let runs go forward again.'
      : table === undefined && (region !== undefined || dynamodb !== undefined)
        ? '--region and --dynamodb go with --table.'
        : table !== undefined && environment === undefined
          ? '--table goes with --environment: nobody is there to be asked which one is meant.'
          : undefined;
  if (wrong !== undefined) throw new UsageError(wrong, { next: 'slipway stop --help' });
}

async function byApi(session: Session, { environment, message, lift = false }: StopOptions): Promise<Stopped> {
  try {
    const client = await session.client();
    return await client.call('emergency-stop', { environment, reason: message, lift });
  } catch (error) {
    if (!isUnwell(error)) throw error;
    const what = lift ? '--lift' : '--emergency';
    const where = environment ?? 'ENVIRONMENT';
    const next = `slipway stop ${what} --environment ${where} --table slipway-${where} --region REGION -m REASON`;
    throw new NoControlPlaneError(error.message, { next: `Stop it without the control plane: ${next}`, cause: error });
  }
}

/** The control plane does not answer, or answers that something of its own is broken. */
const isUnwell = (error: unknown): error is Error =>
  [NoControlPlaneError, TimedOutError, StrangeAnswerError].some((kind) => error instanceof kind) ||
  (error instanceof ApiProblemError && error.problem.status >= 500);

async function byTable(
  session: Session,
  table: string,
  { environment = '', message, lift = false, region, dynamodb }: StopOptions,
): Promise<Stopped> {
  // The AWS SDK takes its time to load, which no other command should wait for.
  const { stopAtTable } = await import('../stop-at-table.ts');
  return stopAtTable({ table, region, dynamodb, environment, lift, reason: message, clock: session.shell.clock });
}
