import type { Item, Page, Store, Value } from '../ports/store.ts';
import { storedEventOf } from '../run/event-chain.ts';
import { componentKey, eventKey } from '../run/keys.ts';
import type { StoredEvent } from '../run/run-state.ts';

/** The forward output of a step, undefined where it has no checkpoint. */
export type OutputOf = (step: number) => Promise<Value | undefined>;

const PAGE = 500;

/**
 * Finds outputs in a component's `checkpointCreated` events, page by page and holding one page at a time: whoever asks
 * in ascending order (verify) or in descending order (undo) reads each page once. Made for one invocation.
 */
export function stepOutputs(
  store: Store,
  runId: string,
  component: string,
  order: 'ascending' | 'descending' = 'ascending',
): OutputOf {
  const key = componentKey(runId, component);
  const { pk, sk: first } = eventKey(key, 0);
  const prefix = first.slice(0, first.lastIndexOf('#') + 1);
  const list = (cursor: string | undefined): Promise<Page> =>
    store.list(pk, { prefix, limit: PAGE, descending: order === 'descending', ...(cursor === undefined ? {} : { cursor }) });
  let latest: Promise<Map<number, Value>> | undefined;
  const reader = pagedReader(list, order);
  return async (step) => {
    // The newest checkpoint may not be in the timeline yet. Read before the events, so it is in one of the two.
    latest ??= store.read(key).then((item) => outputsOf([storedEventOf(item)], order));
    const unflushed = await latest;
    return unflushed.has(step) ? unflushed.get(step) : reader(step);
  };
}

function pagedReader(list: (cursor: string | undefined) => Promise<Page>, order: 'ascending' | 'descending'): OutputOf {
  let window = new Map<number, Value>();
  let next: string | undefined;
  let started = false;
  const turn = async (): Promise<void> => {
    const page = await list(next);
    window = outputsOf(page.items.map(eventOf), order);
    next = page.cursor;
    started = true;
  };
  return async (step) => {
    if (window.has(step)) return window.get(step);
    while (!started || next !== undefined) {
      await turn();
      if (window.has(step)) return window.get(step);
    }
    // Asked out of order: once more from the beginning.
    started = false;
    do {
      await turn();
      if (window.has(step)) return window.get(step);
    } while (next !== undefined);
    return undefined;
  };
}

const eventOf = (item: Item): StoredEvent => item as unknown as StoredEvent;

/** Where a step has more than one checkpoint in the window, the later one counts. */
function outputsOf(events: readonly (StoredEvent | undefined)[], order: 'ascending' | 'descending'): Map<number, Value> {
  const outputs = new Map<number, Value>();
  for (const event of events) {
    if (event?.type !== 'checkpointCreated' || typeof event.data['step'] !== 'number') continue;
    const step = event.data['step'];
    if (order === 'ascending' || !outputs.has(step)) outputs.set(step, (event.data['output'] ?? null) as Value);
  }
  return outputs;
}
