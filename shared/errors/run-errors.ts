import { SlipwayError } from './slipway-error.ts';

/** A newer epoch speaks for the run: this writer has nothing more to say. */
export class SupersededError extends SlipwayError {
  override readonly name = 'SupersededError';
  override readonly code = 'SUPERSEDED';
}

/** Another writer of the same epoch came first: a duplicate, or an earlier attempt that is not dead. Read again and go on from there. */
export class RivalError extends SlipwayError {
  override readonly name = 'RivalError';
  override readonly code = 'RIVAL';
  override readonly retryable = true;
}

/** The run is in a state in which the command makes no sense. */
export class RunStateError extends SlipwayError {
  override readonly name = 'RunStateError';
  override readonly code = 'RUN_STATE';
}

export class RunNotFoundError extends SlipwayError {
  override readonly name = 'RunNotFoundError';
  override readonly code = 'RUN_NOT_FOUND';
}

export class ComponentNotFoundError extends SlipwayError {
  override readonly name = 'ComponentNotFoundError';
  override readonly code = 'COMPONENT_NOT_FOUND';
}

/** Another run holds a lock that this one needs. */
export class LockedError extends SlipwayError {
  override readonly name = 'LockedError';
  override readonly code = 'LOCKED';
}

/** Nothing is known of the end of an effect: it may be under way until its deadline. */
export class EffectUnansweredError extends SlipwayError {
  override readonly name = 'EffectUnansweredError';
  override readonly code = 'EFFECT_UNANSWERED';
  override readonly retryable = true;
}

/** A user's function failed; it is not under way any more. */
export class UserCodeError extends SlipwayError {
  override readonly name: string = 'UserCodeError';
  override readonly code: string = 'USER_CODE_FAILED';
}

/** A user's function was ended at its deadline. */
export class UserCodeTimeoutError extends SlipwayError {
  override readonly name = 'UserCodeTimeoutError';
  override readonly code = 'USER_CODE_TIMEOUT';
  override readonly retryable = true;
}

/** The plan of a run, a function or a table is not what the run needs. */
export class PreparationError extends SlipwayError {
  override readonly name = 'PreparationError';
  override readonly code = 'PREPARATION_FAILED';
}

/** A run shifts a flag that the environment does not have. */
export class FlagNotFoundError extends SlipwayError {
  override readonly name = 'FlagNotFoundError';
  override readonly code = 'FLAG_NOT_FOUND';
}

/** A run shifts the flag: nobody else may change it. */
export class FlagOwnedError extends SlipwayError {
  override readonly name = 'FlagOwnedError';
  override readonly code = 'FLAG_OWNED';
}

/** A migration would be complete while a guardrail may still send it back: there is no old path then. */
export class RollbackWindowError extends SlipwayError {
  override readonly name = 'RollbackWindowError';
  override readonly code = 'ROLLBACK_WINDOW';
}

/** The flag is not at the revision that the caller saw. */
export class FlagRevisionError extends SlipwayError {
  override readonly name = 'FlagRevisionError';
  override readonly code = 'FLAG_REVISION';
}

/** A guardrail has sent the flag back: it shifts forward no more in this run. */
export class GuardrailTrippedError extends SlipwayError {
  override readonly name = 'GuardrailTrippedError';
  override readonly code = 'GUARDRAIL_TRIPPED';
}

/** The lock is not held by the run that was named. */
export class LockFreeError extends SlipwayError {
  override readonly name = 'LockFreeError';
  override readonly code = 'LOCK_NOT_HELD';
}

/** An effect may be under way beneath the lock. */
export class LockBusyError extends SlipwayError {
  override readonly name = 'LockBusyError';
  override readonly code = 'LOCK_BUSY';
}
