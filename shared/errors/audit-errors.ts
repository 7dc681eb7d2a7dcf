import { SlipwayError } from './slipway-error.ts';

/** Nothing is told of it, or the caller has no role where it is. */
export class AuditItemNotFoundError extends SlipwayError {
  override readonly name = 'AuditItemNotFoundError';
  override readonly code = 'AUDIT_ITEM_NOT_FOUND';
}
