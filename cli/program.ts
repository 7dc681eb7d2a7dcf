import { Command, CommanderError } from 'commander';
import { addAfterRestore } from './commands/after-restore.ts';
import { addAlerts } from './commands/alerts.ts';
import { addApprove, addReject } from './commands/approve.ts';
import { addAudit } from './commands/audit.ts';
import { addCompletion } from './commands/completion.ts';
import { addDashboard } from './commands/dashboard.ts';
import { addDemo } from './commands/demo.ts';
import { addDev } from './commands/dev.ts';
import { addEvaluators } from './commands/evaluators.ts';
import { addEvents } from './commands/events.ts';
import { addExperiments } from './commands/experiments.ts';
import { addFlags } from './commands/flags.ts';
import { addHealth } from './commands/health.ts';
import { addInit } from './commands/init.ts';
import { addKeep } from './commands/keep.ts';
import { addLimits } from './commands/limits.ts';
import { addList } from './commands/list.ts';
import { addLocks } from './commands/locks.ts';
import { addLogs } from './commands/logs.ts';
import { addMetrics } from './commands/metrics.ts';
import { addPause } from './commands/pause.ts';
import { addPlan } from './commands/plan.ts';
import { addPlans } from './commands/plans.ts';
import { addPromote } from './commands/promote.ts';
import { addQuarantine } from './commands/quarantine.ts';
import { addResume } from './commands/resume.ts';
import { addRetry } from './commands/retry.ts';
import { addRollback } from './commands/rollback.ts';
import { addRollbacks } from './commands/rollbacks.ts';
import { addSchedules } from './commands/schedules.ts';
import { addSchema } from './commands/schema.ts';
import { addSecrets } from './commands/secrets.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addStop } from './commands/stop.ts';
import { addTokens } from './commands/tokens.ts';
import { addUsage } from './commands/usage.ts';
import { addValidate } from './commands/validate.ts';
import { addValidations } from './commands/validations.ts';
import { addVault } from './commands/vault.ts';
import { addVersion, version } from './commands/version.ts';
import { addWatch } from './commands/watch.ts';
import { addWebhooks } from './commands/webhooks.ts';
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-codes.ts';
import { errorDocument, errorLines, tell } from './render/error-report.ts';
import { printable, printableJson } from './render/printable.ts';
import { DATA_DIR, Session } from './session.ts';
import type { Shell } from './shell.ts';

const VERBS = [
  addInit,
  addValidate,
  addPlan,
  addPlans,
  addDev,
  addDemo,
  addStart,
  addStatus,
  addWatch,
  addList,
  addLogs,
  addEvents,
  addUsage,
  addKeep,
  addPause,
  addResume,
  addRetry,
  addRollback,
  addPromote,
  addStop,
  addApprove,
  addReject,
  addQuarantine,
  addValidations,
  addFlags,
  addHealth,
  addDashboard,
  addRollbacks,
  addMetrics,
  addAudit,
  addLocks,
  addTokens,
  addVault,
  addSecrets,
  addEvaluators,
  addAlerts,
  addLimits,
  addSchedules,
  addWebhooks,
  addExperiments,
  addAfterRestore,
  addSchema,
  addCompletion,
  addVersion,
];

const exitCodeHelp = (): string =>
  [
    '',
    'Exit codes:',
    ...Object.entries(EXIT).map(([name, code]) => `  ${code}  ${EXIT_MEANINGS[name as keyof typeof EXIT]}`),
  ].join('\n');

/** The whole command line, ready to be parsed or to be described. */
export function buildProgram(shell: Shell): { program: Command; session: Session } {
  const program = new Command('slipway');
  const session = new Session(shell, program);
  program
    .description('Runs risky changes so that every one of them can be undone.')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'results as JSON: one document, or NDJSON for what comes bit by bit')
    .option('--data-dir <dir>', `where the embedded control plane keeps its data and tells where it is (default: ${DATA_DIR})`)
    .option('--url <url>', 'the control plane, instead of the one of --data-dir')
    .option('--token-file <file>', 'the file that holds its token (default: token in --data-dir)')
    .option('--sign <region>', 'sign requests with the AWS credentials of this shell (default: where --url is an API Gateway)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => shell.out.write(text),
      writeErr: (text) => shell.err.write(text),
      // Errors of flags are told like all others.
      outputError: () => {},
      getOutHelpWidth: () => shell.out.columns ?? 100,
      getOutHasColors: () => false,
    })
    .helpCommand('help [command]', 'tell about a command')
    .addHelpText('after', exitCodeHelp())
    .exitOverride();
  for (const add of VERBS) add(program, session);
  return { program, session };
}

/** Runs one command and answers the exit code. Throws nothing. */
export async function runCommandLine(words: readonly string[], shell: Shell): Promise<ExitCode> {
  const { program, session } = buildProgram(shell);
  try {
    if (words.length === 0) {
      shell.err.write(`${program.helpInformation()}${exitCodeHelp()}\n`);
      return EXIT.configuration;
    }
    await program.parseAsync([...words], { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return tellUsage(error, session, words);
    if (session.json) shell.out.write(`${printableJson(errorDocument(error))}\n`);
    shell.err.write(`${errorLines(error, session.errorPaint, session.planFile).join('\n')}\n`);
    return tell(error).exitCode;
  }
}

/** Help and the version end with 0; whatever commander refuses is a matter of flags. */
function tellUsage(error: CommanderError, session: Session, words: readonly string[]): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  // The help of a command that only has commands below it was printed.
  if (error.code === 'commander.help') return EXIT.configuration;
  const message = printable(error.message.replace(/^error: /, ''));
  const verb = session.verbs.find((name) => words.includes(name));
  const next = `slipway ${verb === undefined ? '' : `${verb} `}--help`;
  const paint = session.errorPaint;
  if (words.includes('--json')) {
    const told = { code: 'USAGE', message, next, exitCode: EXIT.configuration };
    session.shell.out.write(`${printableJson({ error: told })}\n`);
  }
  session.shell.err.write(`${paint.red('Error:')} ${message}\n${paint.bold('Next:')}  ${next}\n`);
  return EXIT.configuration;
}
