import { Counter, Histogram, type Registry } from 'prom-client';
import type { Call } from '../../adapters/aws/clients.ts';

/** How a call ended: `refused` is the condition of a write that did not hold, which is an expected answer. */
const outcomeOf = (error: unknown): string =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException' ? 'refused' : 'error';

/** Seconds. */
const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SLOW = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Times what the control plane does: calls of its functions, requests to the store, answers of the API. */
export class CallMetrics {
  readonly #functions: Histogram<'function' | 'outcome'>;
  readonly #store: Histogram<'command' | 'table' | 'outcome'>;
  readonly #http: Histogram<'route' | 'status'>;
  readonly #executions: Counter<'machine' | 'status'>;
  readonly #faults: Counter;
  readonly #controlTables: ReadonlySet<string>;

  constructor(registry: Registry, controlTables: readonly string[]) {
    this.#controlTables = new Set(controlTables);
    const registers = [registry];
    this.#functions = new Histogram({
      name: 'slipway_function_duration_seconds',
      help: 'Calls of the functions of the catalog, by how they ended.',
      labelNames: ['function', 'outcome'],
      buckets: SLOW,
      registers,
    });
    this.#store = new Histogram({
      name: 'slipway_store_request_duration_seconds',
      help: "Requests in DynamoDB's protocol, to the control table or to the tables of plans; refused: a condition did not hold.",
      labelNames: ['command', 'table', 'outcome'],
      buckets: QUICK,
      registers,
    });
    this.#http = new Histogram({
      name: 'slipway_http_request_duration_seconds',
      help: 'Requests by their route (none: no such path) and by the status of the answer; a stream counts when it is over.',
      labelNames: ['route', 'status'],
      buckets: SLOW,
      registers,
    });
    this.#executions = new Counter({
      name: 'slipway_execution_changes_total',
      help: 'Executions of state machines that came to a status; RUNNING: that were started.',
      labelNames: ['machine', 'status'],
      registers,
    });
    this.#faults = new Counter({
      name: 'slipway_faults_total',
      help: 'Errors that nobody was there to be told of; each is in the log.',
      registers,
    });
  }

  /** Around a call of a function. */
  async function<T>(name: string, call: () => Promise<T>): Promise<T> {
    return timed(call, (seconds, outcome) => this.#functions.observe({ function: name, outcome }, seconds));
  }

  /** Around a request of a client of DynamoDB. */
  async store<T>({ command, input }: Call, send: () => Promise<T>): Promise<T> {
    const { TableName, RequestItems = {} } = input as { readonly TableName?: string; readonly RequestItems?: object };
    const name = TableName ?? Object.keys(RequestItems)[0] ?? '';
    const labels = { command: command.replace(/Command$/, ''), table: this.#controlTables.has(name) ? 'control' : 'data' };
    return timed(send, (seconds, outcome) => this.#store.observe({ ...labels, outcome }, seconds));
  }

  answered(route: string, status: number, seconds: number): void {
    this.#http.observe({ route, status: String(status) }, seconds);
  }

  executionChanged(machine: string, status: string): void {
    this.#executions.inc({ machine, status });
  }

  fault(): void {
    this.#faults.inc();
  }
}

async function timed<T>(work: () => Promise<T>, done: (seconds: number, outcome: string) => void): Promise<T> {
  const began = performance.now();
  const end = (outcome: string) => done((performance.now() - began) / 1000, outcome);
  try {
    const answer = await work();
    end('ok');
    return answer;
  } catch (error) {
    end(outcomeOf(error));
    throw error;
  }
}
