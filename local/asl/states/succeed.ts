import type { SucceedState } from '../definition.ts';
import type { Handler } from '../visit.ts';

export const runSucceed: Handler<SucceedState> = (state, visit) => visit.leave(state, visit.input);
