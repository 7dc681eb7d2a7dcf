import { SlipwayError } from './slipway-error.ts';

export class ExperimentNotFoundError extends SlipwayError {
  override readonly name = 'ExperimentNotFoundError';
  override readonly code = 'EXPERIMENT_NOT_FOUND';
}

/** It runs already, or another one runs on its flag. */
export class ExperimentRunningError extends SlipwayError {
  override readonly name = 'ExperimentRunningError';
  override readonly code = 'EXPERIMENT_RUNNING';
}

/** There are more subjects than can be read in the time of one call. */
export class ExperimentTooLargeError extends SlipwayError {
  override readonly name = 'ExperimentTooLargeError';
  override readonly code = 'EXPERIMENT_TOO_LARGE';
}
