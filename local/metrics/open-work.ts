import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Item, Store } from '../../shared/ports/store.ts';
import { ACTIVE } from '../../shared/run/run-state.ts';
import { METRICS } from '../../shared/telemetry/metric-catalog.ts';

export interface OpenWorkOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The machine of each execution that is under way. */
  readonly executions: () => Promise<readonly string[]>;
  readonly machines: readonly string[];
}

/** What is open now, read from the store whenever it is asked for: no count that could drift from the truth. */
export class OpenWork {
  readonly #options: OpenWorkOptions;
  readonly #runs: Gauge<'status'>;
  readonly #queue: Gauge;
  readonly #locks: Gauge<'run_status'>;
  readonly #ages: Gauge<'run_status'>;
  readonly #executions: Gauge<'machine'>;

  constructor(registry: Registry, options: OpenWorkOptions) {
    this.#options = options;
    const registers = [registry];
    this.#runs = new Gauge({
      name: 'slipway_runs',
      help: 'Runs on which work goes on by itself, by status.',
      labelNames: ['status'],
      registers,
    });
    this.#queue = new Gauge({ name: 'slipway_queue_depth', help: METRICS.slipway_queue_depth.help, registers });
    this.#locks = new Gauge({
      name: 'slipway_locks_held',
      help: 'Locks that are held, by the status of the run that holds them; where that rests, a person is waited for.',
      labelNames: ['run_status'],
      registers,
    });
    this.#ages = new Gauge({
      name: 'slipway_lock_oldest_age_seconds',
      help: 'The age of the oldest lock, by the status of the run that holds it.',
      labelNames: ['run_status'],
      registers,
    });
    this.#executions = new Gauge({
      name: 'slipway_executions_open',
      help: 'Executions of state machines that are under way.',
      labelNames: ['machine'],
      registers,
    });
  }

  /** Reads everything before it sets anything, so that two readers at once never see a half. */
  async refresh(): Promise<void> {
    const { store, clock, executions, machines } = this.#options;
    const [runs, locks, open] = await Promise.all([all(store, 'run'), locksHeld(store), executions()]);
    const now = clock.now();
    fill(this.#runs, 'status', Map.groupBy(runs, statusOf), ({ length }) => length, ACTIVE);
    this.#queue.set(runs.filter((run) => statusOf(run) === 'queued').length);
    const held = Map.groupBy(locks, ({ status }) => status);
    fill(this.#locks, 'run_status', held, ({ length }) => length);
    fill(this.#ages, 'run_status', held, (group) => Math.max(0, ...group.map(({ since }) => now - since)) / 1000);
    const byMachine = Map.groupBy(open, (machine) => machine);
    fill(this.#executions, 'machine', byMachine, ({ length }) => length, machines);
  }
}

async function locksHeld(store: Store): Promise<readonly { readonly status: string; readonly since: number }[]> {
  const locks = await all(store, 'lock');
  const holders = [...new Set(locks.map(({ holder }) => String(holder)))];
  const statuses = new Map<string, string>();
  for (let at = 0; at < holders.length; at += READ_AT_ONCE) {
    const names = holders.slice(at, at + READ_AT_ONCE);
    const found = await store.readMany(names.map((holder) => ({ pk: `RUN#${holder}`, sk: 'RUN' })));
    for (const [index, name] of names.entries()) statuses.set(name, statusOf(found[index]));
  }
  return locks.map(({ holder, since }) => ({ status: statuses.get(String(holder)) ?? 'unknown', since: Number(since) }));
}

const READ_AT_ONCE = 100;
const statusOf = (run: Item | undefined): string => (typeof run?.['status'] === 'string' ? run['status'] : 'unknown');

async function all(store: Store, value: 'run' | 'lock'): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('open', value, cursor === undefined ? {} : { cursor });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}

/** What is known to exist shows as 0. */
function fill<Label extends string, T>(
  gauge: Gauge<Label>,
  label: Label,
  groups: ReadonlyMap<string, readonly T[]>,
  valueIn: (group: readonly T[]) => number,
  known: Iterable<string> = [],
): void {
  gauge.reset();
  for (const name of new Set([...known, ...groups.keys()])) {
    gauge.set({ [label]: name } as Record<Label, string>, valueIn(groups.get(name) ?? []));
  }
}
