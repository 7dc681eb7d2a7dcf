import { NOTHING, type Priced, type Usage } from '../shared/usage/prices.ts';
import type { Consumed } from './capacity-proxy.ts';

/** Adds up what a run uses: of Slipway's own table and of the tables of plans apart. */
export class Meter {
  readonly #controlTable: string;
  #control: Usage = NOTHING;
  #data: Usage = NOTHING;
  /** Requests of functions to other services, by action. */
  readonly #asked = new Map<string, number>();
  /** Calls by function. */
  readonly #calls = new Map<string, number>();
  #storeRequests = 0;
  #metricRequests = 0;
  readonly #pages = new Map<string, number>();
  readonly #children = new Set<string>();
  #waits = 0;

  constructor(controlTable: string) {
    this.#controlTable = controlTable;
  }

  add(usage: Partial<Usage>): void {
    this.#control = sum(this.#control, usage);
  }

  consumed({ operation, table, units, sortKey }: Consumed): void {
    this.#storeRequests += 1;
    const unit: Priced = READS.has(operation) ? 'dynamodbRead' : 'dynamodbWrite';
    if (table !== this.#controlTable) {
      this.#data = sum(this.#data, { [unit]: units });
      if (operation === 'Scan') this.#pages.set(table, (this.#pages.get(table) ?? 0) + 1);
      return;
    }
    // A run stands in both indexes with all its attributes while it is open: each is written again with it.
    const indexed = unit === 'dynamodbWrite' && sortKey === 'RUN' ? INDEXES : 0;
    this.#control = sum(this.#control, { [unit]: units * (1 + indexed) });
  }

  asked(action: string): void {
    this.#asked.set(action, (this.#asked.get(action) ?? 0) + 1);
  }

  /** A request of GetMetricData, for so many metrics. */
  metricsAsked(count: number): void {
    this.#metricRequests += 1;
    this.#control = sum(this.#control, { metricAsked: count });
  }

  called(name: string, ms: number, memoryMb: number): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
    this.#control = sum(this.#control, { lambdaRequest: 1, lambdaGbSecond: (ms / 1000) * (memoryMb / 1024) });
  }

  answered(name: string, answer: unknown): void {
    if (IN_CHILDREN.has(name) && (answer as { outcome?: unknown } | null)?.outcome === 'wait') this.#waits += 1;
  }

  published(): void {
    this.#control = sum(this.#control, { event: 1 });
  }

  /** A record of the engine: events of histories, and the frames of children of a distributed Map, whose events are not kept. */
  recorded(key: string, value: unknown): void {
    const { type } = (value ?? {}) as { type?: unknown };
    if (key.startsWith('h!') && (String(type).endsWith('StateEntered') || type === 'ExecutionStarted'))
      this.add({ transition: 1 });
    if (key.startsWith('w!') && key.includes('!f!') && (value as { events?: unknown }).events !== undefined)
      this.#children.add(key);
  }

  /** Of Slipway itself. Each child of a distributed Map is started, begins, and answers; each of its calls is a Task with a Choice. */
  get control(): Usage {
    const calls = [...IN_CHILDREN].reduce((count, name) => count + (this.#calls.get(name) ?? 0), 0);
    return sum(this.#control, { transition: 3 * this.#children.size + 2 * calls + this.#waits });
  }

  /** Of the tables of plans. */
  get data(): Usage {
    return this.#data;
  }

  /** Requests to DynamoDB, to both kinds of table. */
  get storeRequests(): number {
    return this.#storeRequests;
  }

  get metricRequests(): number {
    return this.#metricRequests;
  }

  callsOf(name: string): number {
    return this.#calls.get(name) ?? 0;
  }

  /** Pages read of a table by Scan. */
  pagesOf(table: string): number {
    return this.#pages.get(table) ?? 0;
  }

  askedFor(action: string): number {
    return this.#asked.get(action) ?? 0;
  }
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);
const INDEXES = 2;
/** Functions that are called in children of a distributed Map: statemachines/batch.asl.json. */
const IN_CHILDREN = new Set(['work-segment']);

const sum = (usage: Usage, more: Partial<Usage>): Usage => {
  const entries = Object.entries(more) as [Priced, number][];
  return { ...usage, ...Object.fromEntries(entries.map(([unit, amount]) => [unit, usage[unit] + amount])) };
};
