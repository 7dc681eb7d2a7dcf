import { Counter, Histogram, type Registry } from 'prom-client';
import type { RunEvent } from '../../shared/ports/events.ts';
import { ulidTime } from '../../shared/ports/ulid.ts';
import { ACTIVE, type RunStatus } from '../../shared/run/run-state.ts';
import { costIn } from '../../shared/telemetry/event-measures.ts';
import { METRICS } from '../../shared/telemetry/metric-catalog.ts';

/** What Slipway itself writes as `actor`; everybody else is a person. */
const SLIPWAY = 'slipway';
const TALLIES = ['read', 'written', 'quarantined', 'kept', 'restored'] as const;
type Totals = { readonly [name: string]: number };
/** From a run of one step to one of millions of records. */
const USD = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
/** Seconds: from a step that does nothing to a rollout of a month. */
const BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 604_800, 2_592_000];

/**
 * Counts what runs tell from `since` on (epoch ms, when the process began), each event once: an older one is told again when its
 * item is taken up. Of what began before, no duration of a component is known, and of a segment only what is done from now on counts.
 */
export class RunEventMetrics {
  readonly #events: Counter<'type' | 'item'>;
  readonly #records: Counter<'outcome'>;
  readonly #rollbacks: Counter<'cause'>;
  readonly #runs: Histogram<'status'>;
  readonly #costs: Histogram<'status'>;
  readonly #components: Histogram<'outcome'>;
  /** By run, so that they go with it. */
  readonly #begun = new Map<string, Map<string, number>>();
  readonly #totals = new Map<string, Map<string, Totals>>();

  readonly #since: number;

  constructor(registry: Registry, since: number) {
    this.#since = since;
    const registers = [registry];
    this.#events = new Counter({
      name: 'slipway_events_total',
      help: 'Events of runs, by type and by the kind of item that they tell of. Checkpoints are of type checkpointCreated.',
      labelNames: ['type', 'item'],
      registers,
    });
    this.#records = new Counter({
      name: 'slipway_records_total',
      help: 'Records of batches: read, written, quarantined, kept because the application wrote them, retried, restored.',
      labelNames: ['outcome'],
      registers,
    });
    this.#rollbacks = new Counter({
      name: 'slipway_rollbacks_total',
      help: 'Rollbacks begun, by cause: a person, or slipway itself after a failure.',
      labelNames: ['cause'],
      registers,
    });
    this.#runs = new Histogram({
      name: 'slipway_run_duration_seconds',
      help: 'From the creation of a run to each of its ends, by the status in which it ended.',
      labelNames: ['status'],
      buckets: BUCKETS,
      registers,
    });
    this.#costs = new Histogram({
      name: 'slipway_run_cost_usd',
      help: METRICS.slipway_run_cost_usd.help,
      labelNames: ['status'],
      buckets: USD,
      registers,
    });
    this.#components = new Histogram({
      name: 'slipway_component_duration_seconds',
      help: 'From the rollback point of a component to its first end: completed, failed or undone.',
      labelNames: ['outcome'],
      buckets: BUCKETS,
      registers,
    });
    for (const cause of ['person', SLIPWAY]) this.#rollbacks.inc({ cause }, 0);
    for (const outcome of [...TALLIES, 'retried']) this.#records.inc({ outcome }, 0);
  }

  /** For the log's readers. */
  readonly take = (event: RunEvent): void => {
    const [kind = ''] = event.item.split('#');
    if (event.at < this.#since) {
      if (kind === 'SEGMENT') this.#news(event);
      return;
    }
    this.#events.inc({ type: event.type, item: kind.toLowerCase() });
    if (kind === 'RUN') this.#takeRun(event);
    else if (kind === 'COMPONENT') this.#takeComponent(event);
    else if (kind === 'SEGMENT') this.#takeSegment(event);
  };

  #takeRun({ type, runId, at, actor, data }: RunEvent): void {
    if (type === 'takenOver' && data['direction'] === 'back') {
      this.#rollbacks.inc({ cause: actor === SLIPWAY ? SLIPWAY : 'person' });
    }
    const { to } = data;
    if (typeof to !== 'string' || ACTIVE.has(to as RunStatus)) return;
    this.#begun.delete(runId);
    this.#totals.delete(runId);
    if (to === 'paused') return;
    this.#runs.observe({ status: to }, Math.max(0, at - ulidTime(runId)) / 1000);
    const cost = costIn(data);
    if (cost !== undefined) this.#costs.observe({ status: to }, cost);
  }

  #takeComponent({ type, runId, item, at }: RunEvent): void {
    const begun = of(this.#begun, runId);
    if (type === 'rollbackPointCreated') begun.set(item, at);
    const outcome = ENDS[type];
    const began = begun.get(item);
    if (outcome === undefined || began === undefined) return;
    begun.delete(item);
    this.#components.observe({ outcome }, Math.max(0, at - began) / 1000);
  }

  #takeSegment(event: RunEvent): void {
    const { type, data } = event;
    if (type !== 'checkpointCreated' && type !== 'stepUndone') return;
    const retried = numberIn(data, 'retried');
    const news = data['retried'] === undefined ? this.#news(event) : ([['retried', retried]] as const);
    for (const [outcome, value] of news) this.#records.inc({ outcome }, value);
  }

  /** Events carry totals of the segment: what is new since the last one. Each round of undoing begins with totals of its own. */
  #news({ type, runId, item, data }: RunEvent): readonly (readonly [outcome: string, value: number])[] {
    const known = of(this.#totals, runId);
    const way = `${item} ${String(data['round'] ?? 'forward')}`;
    const now = Object.fromEntries(TALLIES.map((name) => [name, numberIn(data, name)]));
    const first = type === 'checkpointCreated' && data['step'] !== 0 ? now : {};
    const before = known.get(way) ?? first;
    known.set(way, now);
    return TALLIES.map((name) => [name, Math.max(0, (now[name] ?? 0) - (before[name] ?? 0))]);
  }
}

const ENDS: { readonly [type: string]: string | undefined } = {
  componentCompleted: 'completed',
  componentFailed: 'failed',
  componentUndone: 'undone',
};

const numberIn = (data: { readonly [name: string]: unknown }, name: string): number => {
  const value = data[name];
  return typeof value === 'number' ? value : 0;
};

function of<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = maps.get(key);
  if (found) return found;
  const made = new Map<string, Value>();
  maps.set(key, made);
  return made;
}
