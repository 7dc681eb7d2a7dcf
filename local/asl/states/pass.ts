import type { PassState } from '../definition.ts';
import type { Handler } from '../visit.ts';

export const runPass: Handler<PassState> = (state, visit) => visit.leave(state, visit.input);
