import { SlipwayError } from '../../shared/errors/slipway-error.ts';

/** The name is taken by an execution with another input. */
export class ExecutionAlreadyExistsError extends SlipwayError {
  override readonly name = 'ExecutionAlreadyExists';
  override readonly code = 'EXECUTION_ALREADY_EXISTS';
}

export class StateMachineDoesNotExistError extends SlipwayError {
  override readonly name = 'StateMachineDoesNotExist';
  override readonly code = 'STATE_MACHINE_DOES_NOT_EXIST';
}
