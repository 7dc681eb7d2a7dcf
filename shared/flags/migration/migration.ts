import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../ports/clock.ts';
import { isMigrationStage, type MigrationStage, otherSide, type Side, STAGE_PLANS } from './migration-stage.ts';
import { type MigrationCall, type MigrationFigures, MigrationTally, type Operation } from './migration-tally.ts';
import { shapeOf } from './shape-of.ts';

/** One side's way to read or write. The signal aborts when nobody waits any longer. */
export type SideCall<I, O> = (input: I, signal: AbortSignal) => O | Promise<O>;

export interface MigrationSettings<C, RI, RO, WI, WO> {
  /** The stage for a context; what is none of the six, or throws, counts as `stageOtherwise`. */
  readonly stage: (context: C) => unknown;
  readonly stageOtherwise?: MigrationStage;
  readonly read: Readonly<Record<Side, SideCall<RI, RO>>>;
  /** Absent: what is migrated is only read. */
  readonly write?: Readonly<Record<Side, SideCall<WI, WO>>> & {
    /** Writes of one key reach the other side in their order; all of them are one line where it is absent. */
    readonly keyOf?: (input: WI) => string;
    /** A write that one side has and the other lacks: to be repaired. */
    readonly missed?: (input: WI, side: Side, error: unknown) => void;
  };
  /** Whether two answers mean the same; deep equality where it is absent. Answers must not be changed by their reader. */
  readonly compare?: (old: RO, fresh: RO, input: RI) => boolean;
  /** Share of reads that are compared, 0 to 1. */
  readonly sample?: number;
  /** What may be kept of an input and of answers that differ; their shape alone where it is absent. */
  readonly redact?: (value: unknown) => unknown;
  /** Is told of every call. */
  readonly observe?: (call: MigrationCall) => void;
  /** What the caller does not wait for is given up after that long, ms; 10,000 where it is absent. */
  readonly timeoutMs?: number;
  /** Comparisons under way, and writes waiting for the other side, at most; 1,000 where it is absent. */
  readonly most?: number;
}

export interface MigrationMachine {
  readonly clock: Clock;
  /** Monotonic, ms. */
  readonly elapsed: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Carries a data path over from an old side to a new one, stage by stage, and never lets the side that is not asked be felt. */
export class Migration<C, RI, RO, WI, WO> {
  readonly #settings: MigrationSettings<C, RI, RO, WI, WO>;
  readonly #machine: MigrationMachine;
  readonly #tally = new MigrationTally();
  readonly #lines = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(settings: MigrationSettings<C, RI, RO, WI, WO>, machine: MigrationMachine) {
    this.#settings = settings;
    this.#machine = machine;
  }

  get figures(): MigrationFigures {
    return this.#tally.figures;
  }

  /** Resolves when nothing is under way behind the callers' backs. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Answers, or throws, as the side that the stage reads does; in `live` the old side answers for a new one that fails. */
  async read(input: RI, context: C): Promise<RO> {
    const { read, sample = 1 } = this.#settings;
    const plan = STAGE_PLANS[await this.#stage(context)];
    let answer: RO;
    try {
      answer = await this.#call('read', plan.read, () => read[plan.read](input, NEVER));
    } catch (error) {
      if (!plan.fallsBack) throw error;
      return this.#fallBack(input, error);
    }
    if (plan.compares && this.#machine.random() < sample) this.#compareLater(plan.read, input, answer);
    return answer;
  }

  /** Answers, or throws, as the side that the stage writes first does. A write that failed there is not tried on the other side. */
  async write(input: WI, context: C): Promise<WO> {
    const { write } = this.#settings;
    if (!write) throw new TypeError('Nothing was said about how to write.');
    const plan = STAGE_PLANS[await this.#stage(context)];
    const answer = await this.#call('write', plan.write, () => write[plan.write](input, NEVER));
    if (plan.mirrors) this.#mirrorLater(otherSide(plan.write), input);
    return answer;
  }

  async #stage(context: C): Promise<MigrationStage> {
    const { stage, stageOtherwise = 'off' } = this.#settings;
    try {
      const found = await stage(context);
      return isMigrationStage(found) ? found : stageOtherwise;
    } catch {
      return stageOtherwise;
    }
  }

  /** What the new side said is what the caller learns if the old one fails as well. */
  async #fallBack(input: RI, error: unknown): Promise<RO> {
    this.#tally.count('fallbacks');
    try {
      return await this.#call('read', 'old', () => this.#settings.read.old(input, NEVER));
    } catch {
      throw error;
    }
  }

  #compareLater(asked: Side, input: RI, answer: RO): void {
    if (this.#underWay.size >= this.#most) {
      this.#tally.count('skipped');
      return;
    }
    const side = otherSide(asked);
    this.#later(async () => {
      const other = await this.#bounded('read', side, (signal) => this.#settings.read[side](input, signal));
      const [old, fresh] = side === 'old' ? [other, answer] : [answer, other];
      this.#compare(old, fresh, input);
    });
  }

  #compare(old: RO, fresh: RO, input: RI): void {
    const { compare = (a, b) => isDeepStrictEqual(a, b) } = this.#settings;
    try {
      const isSame = compare(old, fresh, input);
      this.#tally.count('comparisons');
      if (!isSame) {
        const [shown, left, right] = [input, old, fresh].map((value) => this.#redacted(value));
        this.#tally.mismatch({ at: this.#machine.clock.now(), input: shown, old: left, new: right });
      }
    } catch {
      this.#tally.count('notCompared');
    }
  }

  #redacted(value: unknown): unknown {
    try {
      return (this.#settings.redact ?? shapeOf)(value);
    } catch {
      return 'not redacted, so not kept';
    }
  }

  #mirrorLater(side: Side, input: WI): void {
    const { write } = this.#settings;
    const missed = (error: unknown) => {
      this.#tally.count('missedWrites');
      write?.missed?.(input, side, error);
    };
    if (this.#underWay.size >= this.#most) {
      this.#later(async () => missed(new Error('Too many writes wait for the other side.')));
      return;
    }
    let key = '';
    try {
      key = write?.keyOf?.(input) ?? '';
    } catch {
      // Without a key of its own it waits with the others that have none.
    }
    const before = this.#lines.get(key);
    const line = this.#later(async () => {
      await before;
      await this.#bounded('write', side, (signal) => write?.[side](input, signal)).catch(missed);
    });
    this.#lines.set(key, line);
    line.then(() => {
      if (this.#lines.get(key) === line) this.#lines.delete(key);
    });
  }

  /** After the caller has gone on: not even the synchronous part of the work delays it. Never rejects. */
  #later(work: () => Promise<void>): Promise<void> {
    const done = new Promise<void>((resolve) => {
      setImmediate(() => work().then(resolve, () => resolve()));
    });
    this.#underWay.add(done);
    done.then(() => this.#underWay.delete(done));
    return done;
  }

  async #bounded<T>(operation: Operation, side: Side, call: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { clock } = this.#machine;
    const { timeoutMs = 10_000 } = this.#settings;
    const late = new AbortController();
    const done = new AbortController();
    const watch = async (): Promise<never> => {
      await clock.sleep(timeoutMs, done.signal);
      late.abort(new TimedOut(`No answer within ${timeoutMs} ms.`));
      throw late.signal.reason;
    };
    try {
      return await this.#call(operation, side, () => Promise.race([call(late.signal), watch()]));
    } finally {
      done.abort();
    }
  }

  async #call<T>(operation: Operation, side: Side, call: () => T | Promise<T>): Promise<T> {
    const start = this.#machine.elapsed();
    try {
      const answer = await call();
      this.#told({ operation, side, outcome: 'ok', durationMs: this.#machine.elapsed() - start }, undefined);
      return answer;
    } catch (error) {
      const outcome = error instanceof TimedOut ? 'timed-out' : 'error';
      this.#told({ operation, side, outcome, durationMs: this.#machine.elapsed() - start }, error);
      throw error;
    }
  }

  #told(call: MigrationCall, error: unknown): void {
    this.#tally.call(call, error);
    try {
      this.#settings.observe?.(call);
    } catch {
      // An observer is none of the caller's business.
    }
  }

  get #most(): number {
    return this.#settings.most ?? 1000;
  }
}

class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Of calls that the caller waits for: their time-out is its own. */
const NEVER = new AbortController().signal;
