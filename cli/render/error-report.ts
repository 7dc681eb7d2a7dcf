import type { ProblemDetail } from '../../shared/api/problem-detail.ts';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import { ApiProblemError, CliError, PlanFileError } from '../cli-errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Paint } from './paint.ts';
import { diffLines } from './plan-diff.ts';
import { problemLines } from './plan-problems.ts';
import { printable, printableValue } from './printable.ts';

/** An error as it is told: what, why, and the next command. */
export interface Told {
  readonly code: string;
  readonly message: string;
  readonly next?: string;
  readonly exitCode: ExitCode;
}

export function tell(error: unknown): Told {
  if (error instanceof SlipwayError) {
    const { code, message, next } = error;
    const exitCode = error instanceof CliError ? error.exitCode : EXIT.error;
    return { code, message, ...(next === undefined ? {} : { next }), exitCode };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'UNEXPECTED',
    message: `Something failed that nobody foresaw: ${message}`,
    next: 'Report it with the command that you gave.',
    exitCode: EXIT.error,
  };
}

/** `file`: the plan that the command was given, for the places of its problems. */
export function errorLines(error: unknown, paint: Paint, file = 'plan'): string[] {
  const { message, next } = tell(error);
  const { problems = [], diff } = printableValue(particulars(error));
  return [
    ...problemLines(file, problems, paint),
    `${paint.red('Error:')} ${printable(message)}`,
    ...(diff ? diffLines(diff, paint) : []),
    ...(next === undefined ? [] : [`${paint.bold('Next:')}  ${printable(next)}`]),
  ];
}

/** The same for programs. */
export function errorDocument(error: unknown): object {
  return { error: { ...tell(error), ...particulars(error) } };
}

function particulars(error: unknown): Pick<ProblemDetail, 'problems' | 'diff'> {
  if (error instanceof PlanFileError) return { problems: [...error.problems] };
  if (!(error instanceof ApiProblemError)) return {};
  const { problems, diff } = error.problem;
  return { ...(problems ? { problems } : {}), ...(diff ? { diff } : {}) };
}
