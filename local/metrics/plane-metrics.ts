import { collectDefaultMetrics, Registry } from 'prom-client';
import { CallMetrics } from './call-metrics.ts';
import { OpenWork, type OpenWorkOptions } from './open-work.ts';
import { RunEventMetrics } from './run-events.ts';
import { WorkMetrics } from './work-metrics.ts';

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Heap, garbage collection, event-loop delay, handles: of the process, so made once however many control planes it runs. */
let ofProcess: Registry | undefined;

function processMetrics(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** All that a control plane measures of itself, in Prometheus' text format. Counters begin at 0 with the process. */
export class PlaneMetrics {
  readonly calls: CallMetrics;
  readonly events: RunEventMetrics;
  readonly work: WorkMetrics;
  readonly #registry = new Registry();
  readonly #process = processMetrics();
  #open: OpenWork | undefined;

  /** `since`: when this process began to publish, epoch ms. */
  constructor(controlTables: readonly string[], since: number) {
    this.calls = new CallMetrics(this.#registry, controlTables);
    this.events = new RunEventMetrics(this.#registry, since);
    this.work = new WorkMetrics(this.#registry);
  }

  /** Once there is a store to read. */
  watch(options: OpenWorkOptions): void {
    this.#open = new OpenWork(this.#registry, options);
  }

  /** Rejects where the store cannot be read: rather no figures than old ones. */
  async read(): Promise<MetricsText> {
    await this.#open?.refresh();
    const parts = await Promise.all([this.#registry.metrics(), this.#process.metrics()]);
    return { contentType: this.#registry.contentType, text: parts.join('\n') };
  }
}
