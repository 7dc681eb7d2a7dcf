import { SlipwayError } from './slipway-error.ts';

export class ScheduleNotFoundError extends SlipwayError {
  override readonly name = 'ScheduleNotFoundError';
  override readonly code = 'SCHEDULE_NOT_FOUND';
}

/** The schedule is not at the revision that the caller saw. */
export class ScheduleRevisionError extends SlipwayError {
  override readonly name = 'ScheduleRevisionError';
  override readonly code = 'SCHEDULE_REVISION';
}

/** It can never be due as it is, or not as it says. */
export class ScheduleInvalidError extends SlipwayError {
  override readonly name = 'ScheduleInvalidError';
  override readonly code = 'SCHEDULE_INVALID';
}

/** The timer could not be made or removed; the schedule itself is kept, and its timer is tried again within minutes. */
export class SchedulerError extends SlipwayError {
  override readonly name = 'SchedulerError';
  override readonly code = 'SCHEDULER_FAILED';
  override readonly retryable = true;
}
