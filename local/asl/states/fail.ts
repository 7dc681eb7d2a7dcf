import type { FailState } from '../definition.ts';
import { ReportedError } from '../errors.ts';
import type { Handler } from '../visit.ts';

export const runFail: Handler<FailState> = async (state, visit) => {
  const error = state.Error === undefined ? undefined : await visit.evaluateAs('string', state.Error, 'Error');
  const cause = state.Cause === undefined ? undefined : await visit.evaluateAs('string', state.Cause, 'Cause');
  throw new ReportedError(error as string | undefined, cause as string | undefined);
};
