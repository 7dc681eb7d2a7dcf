import { sleepUntil } from '../deadline.ts';
import type { WaitState } from '../definition.ts';
import { QueryEvaluationError } from '../errors.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { Handler, Visit } from '../visit.ts';

export const runWait: Handler<WaitState> = async (state, visit) => {
  const wakeAt = visit.memo.wakeAt ?? (await wakeTime(state, visit));
  if (visit.memo.wakeAt === undefined) {
    visit.save({ memo: { wakeAt } });
    await visit.commit();
  }
  await sleepUntil(visit.services.clock, () => wakeAt, visit.signal);
  return visit.leave(state, visit.input);
};

async function wakeTime(state: WaitState, visit: Visit): Promise<number> {
  const seconds = await visit.evaluateNumber(state.Seconds, 'Seconds');
  if (seconds !== undefined) {
    if (seconds < 0) throw new QueryEvaluationError(`The Seconds field must not be negative, but was: ${seconds}`, 'Seconds');
    return visit.services.clock.now() + seconds * 1000;
  }
  const text = (await visit.evaluateAs('string', state.Timestamp ?? null, 'Timestamp')) as string;
  const instant = parseTimestamp(text);
  if (instant !== undefined) return instant;
  throw new QueryEvaluationError(
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
    'Timestamp',
  );
}
