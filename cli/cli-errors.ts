import type { ProblemDetail } from '../shared/api/problem-detail.ts';
import { SlipwayError, type SlipwayErrorOptions } from '../shared/errors/slipway-error.ts';
import { EXIT, type ExitCode, exitCodeOfProblem } from './exit-codes.ts';
import type { Problem } from './plan-problem.ts';

/** An error that knows with which code the process ends. */
export abstract class CliError extends SlipwayError {
  abstract readonly exitCode: ExitCode;
}

/** Flags, arguments or files that cannot be what was meant. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly code = 'USAGE';
  override readonly exitCode = EXIT.configuration;
}

export class NoControlPlaneError extends CliError {
  override readonly name = 'NoControlPlaneError';
  override readonly code = 'NO_CONTROL_PLANE';
  override readonly exitCode = EXIT.error;
  override readonly retryable = true;
}

/** Something answers, and not as Slipway would. */
export class StrangeAnswerError extends CliError {
  override readonly name = 'StrangeAnswerError';
  override readonly code = 'STRANGE_ANSWER';
  override readonly exitCode = EXIT.error;
}

export class TimedOutError extends CliError {
  override readonly name = 'TimedOutError';
  override readonly code = 'TIMED_OUT';
  override readonly exitCode = EXIT.timedOut;
}

/** Nothing to prove who asks, or AWS does not let them. */
export class CredentialsError extends CliError {
  override readonly name = 'CredentialsError';
  override readonly code = 'CREDENTIALS';
  override readonly exitCode = EXIT.authentication;
}

/** The person left with Ctrl-C. */
export class LeftError extends CliError {
  override readonly name = 'LeftError';
  override readonly code = 'LEFT';
  override readonly exitCode = EXIT.cancelled;
}

export class HistoryBrokenError extends CliError {
  override readonly name = 'HistoryBrokenError';
  override readonly code = 'HISTORY_BROKEN';
  override readonly exitCode = EXIT.error;
}

/** What the API answered where it did not do what was asked. */
export class ApiProblemError extends CliError {
  override readonly name = 'ApiProblemError';
  override readonly code: string;
  override readonly exitCode: ExitCode;
  readonly problem: ProblemDetail;

  constructor(problem: ProblemDetail, options: SlipwayErrorOptions = {}) {
    super(problem.detail, problem.next === undefined ? options : { next: problem.next, ...options });
    this.code = problem.code;
    this.exitCode = exitCodeOfProblem(problem);
    this.problem = problem;
  }
}

/** A plan that was looked at here and found wanting. */
export class PlanFileError extends CliError {
  override readonly name = 'PlanFileError';
  override readonly code = 'PLAN_INVALID';
  override readonly exitCode = EXIT.configuration;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`The plan has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was started.`, {
      next: 'Correct the plan, then: slipway validate FILE',
    });
    this.problems = problems;
  }
}
