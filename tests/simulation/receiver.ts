import { EffectUnansweredError, UserCodeError, UserCodeTimeoutError } from '../../shared/errors/run-errors.ts';
import { neverBegan, UserCodeNotStartedError } from '../../shared/errors/user-code-errors.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { EffectClass } from '../../shared/ports/user-code.ts';
import type { StepEffects } from '../../shared/run/steps.ts';
import { point, type SimWorld, type Worker } from './sim-store.ts';

export interface Landing {
  readonly at: number;
  readonly run: string;
  /** component, or component#segment. */
  readonly part: string;
  readonly step: number;
  readonly kind: 'do' | 'undo';
  /** Locks of the run that it did not hold when the effect landed. */
  readonly unlocked: readonly string[];
}

/** A part of a plan as the simulation draws it. */
export interface SimComponent {
  readonly name: string;
  readonly effect: EffectClass;
  readonly steps: number;
  readonly segments: number;
  readonly undoable: boolean;
  /** Forward calls of this step always fail; -1: none. */
  readonly failsAt: number;
  /** Its steps shift this flag instead of calling a receiver. */
  readonly flag?: string;
  /** Of such a component: how long after the end of its run an alarm still takes it back, ms. */
  readonly rollbackWindow?: number;
}

/** Effects at receivers that check nothing: the ledger outside the protocol that the oracle reads. */
export class Receiver {
  readonly ledger: Landing[] = [];
  readonly #world: SimWorld;
  readonly #unlocked: (run: string) => readonly string[];
  readonly #standing = new Set<string>();

  constructor(world: SimWorld, unlocked: (run: string) => readonly string[]) {
    this.#world = world;
    this.#unlocked = unlocked;
  }

  stands(run: string, part: string, step: number): boolean {
    return this.#standing.has(`${run}/${part}/${step}`);
  }

  effects(worker: Worker, clock: { now(): number }, run: string, part: string, component: SimComponent): StepEffects {
    return {
      count: component.steps,
      effect: component.effect,
      timeoutMs: 10_000,
      undoable: component.undoable,
      perform: (step, deadline) =>
        this.#call(worker, clock, { run, part, step, kind: 'do' }, deadline, component.failsAt === step),
      undo: async (step, deadline) => {
        await this.#call(worker, clock, { run, part, step, kind: 'undo' }, deadline, false);
      },
      probe: async (step) => {
        await point(this.#world, worker);
        return this.stands(run, part, step);
      },
      retryAfter: (error, attempt) =>
        (error instanceof UserCodeTimeoutError || neverBegan(error)) && attempt < 4
          ? this.#world.random.between(0, 2000)
          : undefined,
    };
  }

  /** The function runs on a machine of its own: it may land late in its life and its answer may be lost, but it is dead at the deadline by its own clock. */
  async #call(
    worker: Worker,
    clock: { now(): number },
    call: Omit<Landing, 'at' | 'unlocked'>,
    deadline: number,
    fails: boolean,
  ): Promise<Value> {
    const { random, scheduler, faults } = this.#world;
    await point(this.#world, worker);
    // The request leaves only if it can end in time.
    if (clock.now() >= deadline || random.chance(faults.throttle)) throw new UserCodeNotStartedError('too late to start');
    if (fails && random.chance(0.5)) throw new UserCodeError('refused by the receiver');
    const dies = deadline - random.between(-900, 900);
    const slow = random.chance(faults.stall * 4);
    const lands = slow
      ? random.between(Math.floor(scheduler.now), Math.max(Math.floor(scheduler.now), Math.floor(dies)))
      : scheduler.now + random.between(1, 50);
    if (lands > dies) throw new UserCodeTimeoutError('ended at its deadline');
    const landing = scheduler.until(lands).then(() => this.#land(call));
    if (random.chance(faults.lostAnswer)) {
      await point(this.#world, worker);
      throw new EffectUnansweredError('connection lost');
    }
    await landing;
    await point(this.#world, worker);
    if (fails) throw new UserCodeError('failed after it took effect');
    if (random.chance(faults.lostAnswer)) {
      // The function never returned: its end is known only once it must be dead by any clock.
      await scheduler.until(deadline + 900);
      if (worker.dead) await new Promise<never>(() => {});
      throw new UserCodeTimeoutError('ended at its deadline, after it took effect');
    }
    return { step: call.step };
  }

  #land(call: Omit<Landing, 'at' | 'unlocked'>): void {
    const landing = { ...call, at: this.#world.scheduler.now, unlocked: this.#unlocked(call.run) };
    this.ledger.push(landing);
    const key = `${call.run}/${call.part}/${call.step}`;
    if (call.kind === 'do') this.#standing.add(key);
    else this.#standing.delete(key);
    this.#world.log(`LANDS ${call.kind} ${key}`);
  }
}
