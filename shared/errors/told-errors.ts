import { SlipwayError } from './slipway-error.ts';

class AlertNotFoundError extends SlipwayError {
  override readonly name = 'AlertNotFoundError';
  override readonly code = 'ALERT_NOT_FOUND';
}

export const alertNotFound = (id: string): AlertNotFoundError =>
  new AlertNotFoundError(`There is no alert ${id}.`, { next: 'slipway alerts list' });

/** The settings or the webhook are not at the revision that the caller saw. */
export class RevisionError extends SlipwayError {
  override readonly name = 'RevisionError';
  override readonly code = 'REVISION';
}
