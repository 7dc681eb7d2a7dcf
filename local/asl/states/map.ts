import type { Value } from '../../../shared/ports/store.ts';
import type { MapState } from '../definition.ts';
import { ExceedToleratedFailureThresholdError, QueryEvaluationError } from '../errors.ts';
import { expectType } from '../expressions.ts';
import { countedHistory } from '../history.ts';
import { fanOut, type Outcome, visitId } from '../map/fan-out.ts';
import { batchItems } from '../map/item-batcher.ts';
import { readItems } from '../map/item-reader.ts';
import { writeResults } from '../map/result-writer.ts';
import { type MapSettings, mapSettings } from '../map/settings.ts';
import { keys } from '../records.ts';
import type { Handler, Visit } from '../visit.ts';

export const runMap: Handler<MapState> = async (state, visit) => {
  const settings = await mapSettings(state, visit);
  const items = await itemsOf(state, settings, visit);
  const outcomes = await iterate(state, settings, items, visit);
  const mapRun = `${visit.run.execution.machineArn.replace(':stateMachine:', ':mapRun:')}/${state.Label ?? visit.name}:${visitId(visit)}`;
  if (settings.distributed) visit.event('MapRunSucceeded');
  const result =
    state.ResultWriter === undefined || !settings.distributed
      ? outcomes.map(resultOf)
      : await writeResults(state.ResultWriter, outcomes, items, mapRun, visit);
  visit.event('MapStateSucceeded');
  return visit.leave(state, result, { result });
};

/** The items, batched where that is asked for; read once and kept, since a second reading might differ. */
async function itemsOf(state: MapState, { distributed }: MapSettings, visit: Visit): Promise<readonly Value[]> {
  const id = visitId(visit);
  const key = keys.items(visit.run.execution, id);
  if (visit.memo.fan !== undefined) return (await visit.services.store.get(key)) as readonly Value[];
  const source = state.ItemReader === undefined ? await ownItems(state, visit) : await readItems(state.ItemReader, visit);
  const items =
    state.ItemBatcher === undefined ? source : await batchItems(state.ItemBatcher, await selectAll(state, source, visit), visit);
  visit.event('MapStateStarted', { length: state.ItemReader === undefined ? items.length : 0 });
  if (distributed) visit.event('MapRunStarted');
  visit.run.journal.put(key, items);
  visit.save({ memo: { fan: { visit: id, count: items.length } } });
  await visit.commit();
  return items;
}

async function ownItems(state: MapState, visit: Visit): Promise<readonly Value[]> {
  if (state.Items !== undefined) {
    return expectType(await visit.evaluate(state.Items, 'Items'), 'array', state.Items, 'Items') as readonly Value[];
  }
  const { input } = visit;
  if (Array.isArray(input)) return input;
  throw new QueryEvaluationError(`Map state input must be an array but was: ${JSON.stringify(input)}`, undefined);
}

async function selectAll(state: MapState, items: readonly Value[], visit: Visit): Promise<readonly Value[]> {
  const selected: Value[] = [];
  for (const [index, item] of items.entries()) selected.push(await select(state, index, item, visit));
  return selected;
}

async function select({ ItemSelector }: MapState, Index: number, Value: Value, visit: Visit): Promise<Value> {
  return ItemSelector === undefined
    ? Value
    : visit.evaluate(ItemSelector, 'ItemSelector', { context: { Map: { Item: { Index, Value } } } });
}

async function iterate(state: MapState, settings: MapSettings, items: readonly Value[], visit: Visit): Promise<Outcome[]> {
  try {
    return await fanOut({
      visit,
      count: items.length,
      concurrency: settings.concurrency,
      tolerates: (failures) => settings.tolerates(failures, items.length),
      start: (index, signal) => startIteration(state, settings, index, items[index] ?? null, signal, visit),
    });
  } catch (error) {
    if (!settings.distributed || visit.signal.aborted) throw error;
    visit.event('MapRunFailed');
    throw new ExceedToleratedFailureThresholdError('The specified tolerated failure threshold was exceeded', { cause: error });
  }
}

async function startIteration(
  state: MapState,
  settings: MapSettings,
  index: number,
  item: Value,
  signal: AbortSignal,
  visit: Visit,
): Promise<Value> {
  const { seed } = visit.frame;
  const id = `${visitId(visit)}/${index}`;
  const known = visit.run.restored.frames.get(id);
  // Batches are made of items that were selected before.
  const input = known !== undefined || state.ItemBatcher !== undefined ? item : await select(state, index, item, visit);
  const shared = {
    id,
    processor: settings.processor,
    input,
    signal,
    iteration: [...seed.iteration, index],
    item: { Index: index, Value: item },
  };
  if (settings.distributed) return visit.fork({ ...shared, history: countedHistory(known?.events ?? 1), countsEvents: true });
  const details = { name: visit.name, index };
  if (known === undefined) visit.event('MapIterationStarted', details);
  return visit.fork({
    ...shared,
    history: seed.history,
    countsEvents: seed.countsEvents,
    outer: visit.frame,
    ended: (ending) => visit.event('output' in ending ? 'MapIterationSucceeded' : 'MapIterationFailed', details),
  });
}

function resultOf(outcome: Outcome): Value {
  if ('output' in outcome) return outcome.output;
  const { name, reason } = outcome.failure;
  return { Error: name, ...(reason === undefined ? {} : { Cause: reason }) };
}
