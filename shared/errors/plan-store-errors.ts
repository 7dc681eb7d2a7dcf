import { SlipwayError } from './slipway-error.ts';

export class StoredPlanNotFoundError extends SlipwayError {
  override readonly name = 'StoredPlanNotFoundError';
  override readonly code = 'PLAN_NOT_FOUND';
}

/** A plan is kept under its own name. */
export class PlanNameError extends SlipwayError {
  override readonly name = 'PlanNameError';
  override readonly code = 'PLAN_NAME';
}
