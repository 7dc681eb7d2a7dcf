import { type Command, InvalidArgumentError } from 'commander';
import { parseRunId } from '../options.ts';
import { summaryReport } from '../render/run-report.ts';
import type { Session } from '../session.ts';

interface KeepOptions {
  readonly until: number;
  readonly reason?: string;
}

export const addKeep = (program: Command, session: Session): Command =>
  program
    .command('keep <id>')
    .description('keep a run after the time in which those that have ended are removed')
    .requiredOption(
      '--until <date>',
      'the day or time, such as 2030-12-31 or 2030-12-31T18:00Z; one that is past: no longer than others',
      parseDate,
    )
    .option('-m, --reason <text>', 'why, for the audit trail')
    .action(async (id: string, { until, reason }: KeepOptions) => {
      const client = await session.client();
      const answer = await client.call('keep-run', { runId: parseRunId(id), until, reason });
      session.result(answer, ({ run }, paint) => [
        run.keptUntil === undefined
          ? 'It is kept no longer than other runs.'
          : `It is kept until ${new Date(run.keptUntil).toISOString()}.`,
        ...summaryReport(run, paint),
      ]);
    });

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day by UTC, or a time with its offset: what it means is the same wherever it is said. */
function parseDate(text: string): number {
  const at = DATE.test(text) ? Date.parse(text) : Number.NaN;
  // A day that the month does not have would be another.
  if (at >= 0 && new Date(Date.parse(text.slice(0, 10))).toISOString().startsWith(text.slice(0, 10))) return at;
  throw new InvalidArgumentError('It must be a date, such as 2030-12-31 or 2030-12-31T18:00Z.');
}
