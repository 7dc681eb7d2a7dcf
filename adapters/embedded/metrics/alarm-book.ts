import { type AlarmReading, evaluateAlarm } from '../../../shared/guardrails/evaluate-alarm.ts';
import type { Alarm, Alarms } from '../../../shared/ports/alarms.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { type AlarmEvent, alarmEvent, alarmMessage } from './alarm-event.ts';
import type { AlarmShelf, KeptAlarm } from './kept-alarm.ts';
import type { MetricsBook } from './metrics-book.ts';

export interface AlarmBookOptions {
  readonly metrics: Pick<MetricsBook, 'datapoints'>;
  readonly shelf: AlarmShelf;
  readonly clock: Clock;
  /** Called when an alarm that acts goes off, again at each evaluation until it has not thrown; at least once, as by SNS. */
  readonly onAlarm: (event: AlarmEvent) => Promise<unknown>;
  /** Called when an alarm of the team's own goes off, as `onAlarm` is. */
  readonly onOwnAlarm?: (name: string, reading: AlarmReading) => Promise<unknown>;
  /** Hears of what went wrong meanwhile. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The shortest period of an alarm. Those of longer periods are looked at as often: a datapoint that came late is in the
 * figures ten seconds later.
 */
const EVERY_MS = 10_000;
/** evaluateAlarm looks at some periods more than it evaluates. */
const SPARE_PERIODS = 5;

interface Entry {
  alarm: Alarm;
  reading: AlarmReading;
  /** The message that nobody has taken yet. */
  untold: string | undefined;
  telling: boolean;
  /** Not evaluated before (epoch ms). */
  readonly blindUntil: number;
}

/**
 * Alarms of the embedded control plane, by the rules of CloudWatch's. They and their states outlive it; its metrics do not.
 * What was lost is missing, and guardrails hold for it; only an alarm for which missing data are bad waits after a restart
 * until there could have been data in all of its window.
 */
export class AlarmBook implements Alarms {
  readonly #options: AlarmBookOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #own = new Map<string, { readonly read: () => AlarmReading; told: boolean }>();
  #saved: Promise<void> = Promise.resolve();

  private constructor(options: AlarmBookOptions, kept: readonly KeptAlarm[]) {
    this.#options = options;
    const now = options.clock.now();
    for (const { alarm, state, reason, untold } of kept) {
      const reading = { state, reason, value: null, sample: 0, refused: [] };
      const { missing, evaluationPeriods, periodMs } = alarm.definition;
      // A period that the restart fell into is not whole.
      const blindUntil = missing === 'breaching' ? now + (evaluationPeriods + 1) * periodMs : now;
      this.#entries.set(alarm.name, { alarm, reading, untold, telling: false, blindUntil });
    }
  }

  /** With the alarms that are on the shelf. */
  static async open(options: AlarmBookOptions): Promise<AlarmBook> {
    return new AlarmBook(options, await options.shelf.read());
  }

  /** What is there already keeps its state. */
  async put(alarm: Alarm): Promise<void> {
    const found = this.#entries.get(alarm.name);
    if (found) found.alarm = alarm;
    else this.#entries.set(alarm.name, { alarm, reading: UNCHECKED, untold: undefined, telling: false, blindUntil: 0 });
    await this.#save();
  }

  async read(names: readonly string[]): Promise<readonly (AlarmReading | undefined)[]> {
    return names.map((name) => this.#entries.get(name)?.reading ?? this.#own.get(name)?.read());
  }

  async remove(names: readonly string[]): Promise<void> {
    const removed = names.filter((name) => this.#entries.delete(name));
    if (removed.length > 0) await this.#save();
  }

  /** An alarm of the team's own: read, and told of when it goes off. It is not kept, nor removed. */
  own(name: string, read: () => AlarmReading): void {
    this.#own.set(name, { read, told: false });
  }

  /** Evaluates every ten seconds, as periods end; resolves when `signal` has been aborted and all that it began has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const underWay = new Set<Promise<void>>();
    while (!signal.aborted) {
      await clock.sleep(EVERY_MS - (clock.now() % EVERY_MS), signal).catch(() => undefined);
      if (signal.aborted) break;
      // One that is slow to be told must not keep the others from being looked at.
      const evaluation = this.tick();
      underWay.add(evaluation);
      void evaluation.finally(() => underWay.delete(evaluation));
    }
    await Promise.allSettled(underWay);
  }

  /** Evaluates each alarm once, and tells of those that went off; resolves when that has been taken, or has failed. */
  async tick(): Promise<void> {
    const now = this.#options.clock.now();
    let changed = false;
    const told: Promise<void>[] = [];
    for (const entry of this.#entries.values()) {
      changed = this.#evaluate(entry, now) || changed;
      if (entry.untold !== undefined && !entry.telling) told.push(this.#tell(entry, entry.untold));
    }
    for (const name of this.#own.keys()) told.push(this.#tellOwn(name));
    // Written down meanwhile: the failover waits for no disk.
    await Promise.all([changed ? this.#saveOrFault() : undefined, ...told]);
  }

  /** True where its state changed. */
  #evaluate(entry: Entry, now: number): boolean {
    if (now < entry.blindUntil) return false;
    const { alarm } = entry;
    const { state } = entry.reading;
    try {
      entry.reading = evaluateAlarm(alarm.definition, this.#datapoints(alarm, now), { now, state });
    } catch (error) {
      this.#options.onFault(error);
      return false;
    }
    if (entry.reading.state === state) return false;
    if (entry.reading.state === 'ALARM' && alarm.acts) entry.untold = alarmMessage(alarm, state, entry.reading, now);
    return true;
  }

  #datapoints({ definition, series }: Alarm, now: number) {
    const { periodMs, evaluationPeriods } = definition;
    const to = Math.floor(now / periodMs) * periodMs;
    const range = { from: to - (evaluationPeriods + SPARE_PERIODS) * periodMs, to, periodMs };
    const entries = Object.entries(series).map(
      ([metric, name]) => [metric, this.#options.metrics.datapoints(name, range)] as const,
    );
    return Object.fromEntries(entries);
  }

  async #tell(entry: Entry, message: string): Promise<void> {
    entry.telling = true;
    try {
      await this.#options.onAlarm(alarmEvent(entry.alarm, message, this.#options.clock.now()));
      if (entry.untold === message) entry.untold = undefined;
      await this.#save();
    } catch (error) {
      this.#options.onFault(error);
    } finally {
      entry.telling = false;
    }
  }

  async #tellOwn(name: string): Promise<void> {
    const own = this.#own.get(name);
    if (!own) return;
    try {
      const reading = own.read();
      const fires = reading.state === 'ALARM' && !own.told;
      own.told = reading.state === 'ALARM';
      if (fires) await this.#options.onOwnAlarm?.(name, reading);
    } catch (error) {
      own.told = false;
      this.#options.onFault(error);
    }
  }

  async #saveOrFault(): Promise<void> {
    await this.#save().catch(this.#options.onFault);
  }

  /** One after the other, each with what is known when its turn comes. */
  #save(): Promise<void> {
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#options.shelf.write([...this.#entries.values()].map(kept)));
    return this.#saved;
  }
}

const UNCHECKED: AlarmReading = {
  state: 'INSUFFICIENT_DATA',
  reason: 'It has not been evaluated yet.',
  value: null,
  sample: 0,
  refused: [],
};

const kept = ({ alarm, reading, untold }: Entry): KeptAlarm => ({
  alarm,
  state: reading.state,
  reason: reading.reason,
  ...(untold === undefined ? {} : { untold }),
});
