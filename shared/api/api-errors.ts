import { SlipwayError, type SlipwayErrorOptions } from '../errors/slipway-error.ts';
import type { FlagProblem } from '../flags/flag-problem.ts';
import type { PlanDiff } from '../plan/diff-plans.ts';
import type { Problem } from '../plan/problem.ts';

/** The request is not what the endpoint takes. */
export class MalformedError extends SlipwayError {
  override readonly name = 'MalformedError';
  override readonly code = 'MALFORMED';
}

export class UnsupportedMediaError extends SlipwayError {
  override readonly name = 'UnsupportedMediaError';
  override readonly code = 'UNSUPPORTED_MEDIA_TYPE';
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
