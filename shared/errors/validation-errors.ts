import { SlipwayError } from './slipway-error.ts';

export class PhaseNotFoundError extends SlipwayError {
  override readonly name = 'PhaseNotFoundError';
  override readonly code = 'PHASE_NOT_FOUND';
}

export class ValidationNotFoundError extends SlipwayError {
  override readonly name = 'ValidationNotFoundError';
  override readonly code = 'VALIDATION_NOT_FOUND';
}

/** The plan has nothing there that could be checked. */
export class NoChecksError extends SlipwayError {
  override readonly name = 'NoChecksError';
  override readonly code = 'NO_CHECKS';
}
