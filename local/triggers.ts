import type { Clock } from '../shared/ports/clock.ts';
import type { Execution } from '../shared/ports/workflow.ts';
import type { WiredRule, WiredSchedule } from './graph/wiring.ts';

export interface TriggersOptions {
  readonly schedules: readonly WiredSchedule[];
  readonly rules: readonly WiredRule[];
  readonly clock: Clock;
  /** Calls a function by its name; whoever gives it also deals with its errors. */
  readonly call: (name: string, event: unknown) => Promise<void>;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Calls functions without being asked, as EventBridge does: by schedule, and when an execution has ended. */
export class Triggers {
  readonly #options: TriggersOptions;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: TriggersOptions) {
    this.#options = options;
  }

  start(): void {
    for (const schedule of this.#options.schedules) this.#track(this.#repeat(schedule));
  }

  executionChanged(machineArn: string, execution: Execution): void {
    const event = {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { status: execution.status, stateMachineArn: machineArn, executionArn: execution.arn, name: execution.name },
    };
    for (const rule of this.#options.rules) {
      if (!this.#stop.signal.aborted && matches(rule.pattern, event)) this.#track(this.#options.call(rule.function, event));
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#underWay);
  }

  async #repeat({ expression, function: name }: WiredSchedule): Promise<void> {
    const interval = intervalOf(expression);
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#options.clock.sleep(interval, signal).catch(() => undefined);
      if (!signal.aborted) await this.#options.call(name, { source: 'aws.events', 'detail-type': 'Scheduled Event' });
    }
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}

/** `rate(5 minutes)` in ms. Throws for what the embedded control plane cannot keep. */
export function intervalOf(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const size = UNITS[unit];
  if (count === undefined || size === undefined) throw new TypeError(`The schedule ${expression} is no rate(...).`);
  return Number(count) * size;
}

/** Whether an event fits an EventBridge pattern of exact values: each field named must hold one of those listed. */
export function matches(pattern: { readonly [field: string]: unknown }, event: { readonly [field: string]: unknown }): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const found = event[field];
    if (Array.isArray(wanted)) return wanted.includes(found);
    return isObject(wanted) && isObject(found) && matches(wanted, found);
  });
}

const isObject = (value: unknown): value is { readonly [field: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
