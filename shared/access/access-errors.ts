import { SlipwayError } from '../errors/slipway-error.ts';

/** The caller may see it, and not do it. */
export class ForbiddenError extends SlipwayError {
  override readonly name = 'ForbiddenError';
  override readonly code = 'FORBIDDEN';
}

/** The caller has no role in the environment, whether there is one or not. */
export class EnvironmentNotFoundError extends SlipwayError {
  override readonly name = 'EnvironmentNotFoundError';
  override readonly code = 'ENVIRONMENT_NOT_FOUND';
}
