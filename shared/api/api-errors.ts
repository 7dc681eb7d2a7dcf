import { SlipwayError, type SlipwayErrorOptions } from '../errors/slipway-error.ts';
import type { FlagProblem } from '../flags/flag-problem.ts';
import type { PlanDiff } from '../plan/diff-plans.ts';
import type { Problem } from '../plan/problem.ts';

/** The request cannot be read. */
export class MalformedError extends SlipwayError {
  override readonly name = 'MalformedError';
  override readonly code = 'MALFORMED';
}

/** One field of a request that does not fit. */
export interface InputProblem {
  readonly code: string;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** Fields of the request are not what the endpoint takes. */
export class InvalidInputError extends SlipwayError {
  override readonly name = 'InvalidInputError';
  override readonly code = 'INVALID';
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[], cause?: unknown) {
    const told = problems.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
    super(`The request does not fit: ${told.join('; ')}`.slice(0, 4000), { next: 'Correct what is listed.', cause });
    this.problems = problems;
  }
}

/** What cannot be undone was asked for without being confirmed. */
export class NotConfirmedError extends SlipwayError {
  override readonly name = 'NotConfirmedError';
  override readonly code = 'NOT_CONFIRMED';
}

export class UnsupportedMediaError extends SlipwayError {
  override readonly name = 'UnsupportedMediaError';
  override readonly code = 'UNSUPPORTED_MEDIA_TYPE';
}

export class NotAcceptableError extends SlipwayError {
  override readonly name = 'NotAcceptableError';
  override readonly code = 'NOT_ACCEPTABLE';
}

/** What was asked for is more than one answer holds. */
export class AnswerTooLargeError extends SlipwayError {
  override readonly name = 'AnswerTooLargeError';
  override readonly code = 'ANSWER_TOO_LARGE';
}

/** The plan cannot be run as it is. */
export class PlanInvalidError extends SlipwayError {
  override readonly name = 'PlanInvalidError';
  override readonly code = 'PLAN_INVALID';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`The plan has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was started.`, {
      next: 'Correct the plan, then: slipway validate FILE',
    });
    this.problems = problems;
  }
}

/** A flag cannot be evaluated as it is. */
export class FlagInvalidError extends SlipwayError {
  override readonly name = 'FlagInvalidError';
  override readonly code = 'FLAG_INVALID';

  constructor(problems: readonly FlagProblem[]) {
    const told = problems.map(({ message }) => message);
    super(`The flag cannot be evaluated: ${told.join('; ')}`.slice(0, 4000), { next: 'Correct it; nothing was written.' });
  }
}

/** A run would go on with another plan than the one that it began with. */
export class PlanChangedError extends SlipwayError {
  override readonly name = 'PlanChangedError';
  override readonly code = 'PLAN_CHANGED';
  readonly diff: PlanDiff;

  constructor(message: string, diff: PlanDiff, options: SlipwayErrorOptions) {
    super(message, options);
    this.diff = diff;
  }
}

/** What the caller saw is no revision of what it would change. */
export class PreconditionFailedError extends SlipwayError {
  override readonly name = 'PreconditionFailedError';
  override readonly code = 'PRECONDITION_FAILED';
}

/** The caller must say which revision it has seen. */
export class PreconditionRequiredError extends SlipwayError {
  override readonly name = 'PreconditionRequiredError';
  override readonly code = 'PRECONDITION_REQUIRED';
}
