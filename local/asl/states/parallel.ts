import type { ParallelState } from '../definition.ts';
import { fanOut, visitId } from '../map/fan-out.ts';
import { checkPayload } from '../payload.ts';
import type { Handler } from '../visit.ts';

export const runParallel: Handler<ParallelState> = async (state, visit) => {
  const input = state.Arguments === undefined ? visit.input : await visit.evaluate(state.Arguments, 'Arguments');
  checkPayload(input, visit.name);
  const id = visitId(visit);
  if (visit.memo.fan === undefined) {
    visit.event('ParallelStateStarted');
    visit.save({ memo: { fan: { visit: id, count: state.Branches.length } } });
    await visit.commit();
  }
  const outcomes = await fanOut({
    visit,
    count: state.Branches.length,
    concurrency: state.Branches.length,
    tolerates: () => false,
    start: (index, signal) => {
      const branch = state.Branches[index];
      if (branch === undefined) throw new RangeError(`Branch ${index} does not exist.`);
      return visit.fork({
        id: `${id}/${index}`,
        processor: branch,
        input,
        history: visit.frame.seed.history,
        signal,
        outer: visit.frame,
        countsEvents: visit.frame.seed.countsEvents,
        ended: (ending, state) => {
          if ('error' in ending && branch.States[state]?.Type === 'Task') visit.event('TaskStateAborted');
        },
      });
    },
  });
  const result = outcomes.map((outcome) => ('output' in outcome ? outcome.output : null));
  visit.event('ParallelStateSucceeded');
  return visit.leave(state, result, { result });
};
