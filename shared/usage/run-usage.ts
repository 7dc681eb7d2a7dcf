import type { Meter } from '../ports/meter.ts';
import type { Item, Store } from '../ports/store.ts';
import { runKey } from '../run/keys.ts';
import { listAll } from '../run/list-all.ts';
import type { RunState } from '../run/run-state.ts';
import { LEVEL } from './transitions.ts';
import { costOf, readUsed, together, UNUSED, type Used } from './used.ts';

/** What has been used for a run, as its items say. */
export interface RunUsage {
  readonly all: Used;
  /** By component, its segments and checks with it; what is not there was for the run itself. */
  readonly components: ReadonlyMap<string, Used>;
}

/** Kinds of items whose writes carry it. */
const COUNTED = ['RUN', 'COMPONENT#', 'SEGMENT#', 'VALIDATION#'];

export async function usageOf(store: Store, runId: string): Promise<RunUsage> {
  const { pk } = runKey(runId);
  const items = (await Promise.all(COUNTED.map((prefix) => listAll(store, pk, prefix)))).flat();
  const components = new Map<string, Used>();
  for (const { sk, used } of items) {
    const [kind, name = ''] = sk.split('#');
    // Checks of a phase are none of a component's.
    if (kind !== 'RUN' && !name.includes(':')) components.set(name, together(components.get(name) ?? UNUSED, readUsed(used)));
  }
  const all = items.map(({ used }) => readUsed(used)).reduce(together, levelsOf(items, components));
  return { all, components };
}

/** Whatever is done at a level, by its components or for the level itself, tells that it was entered. */
function levelsOf(items: readonly Item[], begun: ReadonlyMap<string, Used>): Used {
  const components = items.find(({ sk }) => sk === 'RUN')?.['components'] ?? [];
  const phases = (components as unknown as RunState['components'])
    .filter(({ name }) => begun.has(name))
    .map(({ phase }) => phase);
  return together(UNUSED, { ...UNUSED, billed: { transition: LEVEL * new Set(phases).size } });
}

/** With what the call that asks has used itself and not written down yet. */
export async function usedByNow(store: Store, meter: Meter, runId: string): Promise<Used> {
  const { all } = await usageOf(store, runId);
  const own = meter.take({});
  if (own) meter.giveBack(own);
  return together(all, own ?? UNUSED);
}

/** As events and answers tell it. */
export const toldUsage = (used: Used) => ({
  cpuSeconds: rounded(used.cpuMs / 1000, 3),
  peakMemoryMb: rounded(used.peakMb, 1),
  sentBytes: used.sentBytes,
  receivedBytes: used.receivedBytes,
  calls: used.billed.lambdaRequest ?? 0,
  reads: rounded(used.billed.dynamodbRead ?? 0, 1),
  writes: rounded(used.billed.dynamodbWrite ?? 0, 1),
  costUsd: rounded(costOf(used), 9),
});

/** Without what adding up fractions leaves behind. */
const rounded = (number: number, places: number): number => Number(number.toFixed(places));
