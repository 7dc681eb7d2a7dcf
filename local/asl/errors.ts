import { SlipwayError } from '../../shared/errors/slipway-error.ts';

/** A state failed. `name` is what ASL calls Error ('' where there is none), `reason` is its Cause. */
export abstract class StateError extends SlipwayError {
  override readonly code = 'STATE_FAILED';
  readonly reason: string | undefined;

  constructor(reason: string | undefined, options: { cause?: unknown } = {}) {
    super(reason ?? 'The state failed.', options);
    this.reason = reason;
  }
}

/** An error that a task or a Fail state named itself. */
export class ReportedError extends StateError {
  override readonly name: string;

  constructor(error: string | undefined, reason: string | undefined, options: { cause?: unknown } = {}) {
    super(reason, options);
    this.name = error ?? '';
  }
}

class BranchFailedError extends StateError {
  override readonly name = 'States.BranchFailed';
}

export class DataLimitExceededError extends StateError {
  override readonly name = 'States.DataLimitExceeded';
}

export class ExceedToleratedFailureThresholdError extends StateError {
  override readonly name = 'States.ExceedToleratedFailureThreshold';
}

export class HeartbeatTimeoutError extends StateError {
  override readonly name = 'States.HeartbeatTimeout';
}

class HttpSocketError extends StateError {
  override readonly name = 'States.Http.Socket';
}

class IntrinsicFailureError extends StateError {
  override readonly name = 'States.IntrinsicFailure';
}

export class ItemReaderFailedError extends StateError {
  override readonly name = 'States.ItemReaderFailed';
}

export class NoChoiceMatchedError extends StateError {
  override readonly name = 'States.NoChoiceMatched';
}

class ParameterPathFailureError extends StateError {
  override readonly name = 'States.ParameterPathFailure';
}

class PermissionsError extends StateError {
  override readonly name = 'States.Permissions';
}

/** `location` is the field whose expression failed, e.g. `Assign/total` or `Choices[0]/Condition`. */
export class QueryEvaluationError extends StateError {
  override readonly name = 'States.QueryEvaluationError';
  readonly location: string | undefined;
  /** The reason already names the state and the event of its entry. */
  readonly placed: boolean;

  constructor(reason: string, location: string | undefined, options: { cause?: unknown; placed?: boolean } = {}) {
    super(reason, options);
    this.location = location;
    this.placed = options.placed ?? false;
  }
}

class ResultPathMatchFailureError extends StateError {
  override readonly name = 'States.ResultPathMatchFailure';
}

export class ResultWriterFailedError extends StateError {
  override readonly name = 'States.ResultWriterFailed';
}

/** Never retried and never caught. */
export class RuntimeError extends StateError {
  override readonly name = 'States.Runtime';
}

export class TaskFailedError extends StateError {
  override readonly name = 'States.TaskFailed';
}

export class TimeoutError extends StateError {
  override readonly name = 'States.Timeout';
}

/** The engine was closed while work was under way: the execution goes on after `recover`. */
export class EngineClosedError extends SlipwayError {
  override readonly name = 'EngineClosedError';
  override readonly code = 'ENGINE_CLOSED';
}

/** Every error that ASL names; `States.ALL` is a wildcard and names none. */
export const statesErrors = [
  BranchFailedError,
  DataLimitExceededError,
  ExceedToleratedFailureThresholdError,
  HeartbeatTimeoutError,
  HttpSocketError,
  IntrinsicFailureError,
  ItemReaderFailedError,
  NoChoiceMatchedError,
  ParameterPathFailureError,
  PermissionsError,
  QueryEvaluationError,
  ResultPathMatchFailureError,
  ResultWriterFailedError,
  RuntimeError,
  TaskFailedError,
  TimeoutError,
] as const;
