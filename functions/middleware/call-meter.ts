import type { Clock } from '../../shared/ports/clock.ts';
import type { Priced, Usage } from '../../shared/usage/prices.ts';
import { together, UNUSED, type Used } from '../../shared/usage/used.ts';

/** What the process has come to; of calls that overlap each has its share of the CPU time. */
export interface ProcessFigures {
  readonly cpuMs: number;
  readonly rssMb: number;
}

interface Metered {
  readonly clock: Pick<Clock, 'now'>;
  readonly figures: () => ProcessFigures;
  readonly memoryMb: number;
  /** States that a call goes with. */
  readonly transitions: number;
}

/** By run: what a call used after its last write is counted with the next one in this process. */
const leftOver = new Map<string, Used>();
const KEPT = 1000;

/** Counts what one call uses, and hands it on bit by bit to the writes of its run. */
export class CallMeter {
  readonly #metered: Metered;
  /** Added to for every request of a call, and so in place. */
  readonly #billed = new Map<Priced, number>();
  #untold = UNUSED;
  #sentBytes = 0;
  #receivedBytes = 0;
  #at: number;
  #cpuMs: number;
  #runId: string | undefined;

  constructor(metered: Metered) {
    this.#metered = metered;
    this.#at = metered.clock.now();
    this.#cpuMs = metered.figures().cpuMs;
    this.bill({ lambdaRequest: 1, transition: metered.transitions });
  }

  /** For which run it works. */
  of(runId: string): void {
    this.#runId = runId;
    this.giveBack(leftOver.get(runId) ?? UNUSED);
    leftOver.delete(runId);
  }

  bill(billed: Partial<Usage>, sign = 1): void {
    for (const [unit, amount] of Object.entries(billed) as [Priced, number][]) {
      this.#billed.set(unit, (this.#billed.get(unit) ?? 0) + sign * amount);
    }
  }

  transferred(sentBytes: number, receivedBytes: number): void {
    this.#sentBytes += sentBytes;
    this.#receivedBytes += receivedBytes;
  }

  giveBack(used: Used): void {
    this.#untold = together(this.#untold, used);
  }

  take(ahead: Partial<Usage>): Used {
    const { clock, figures, memoryMb } = this.#metered;
    const now = clock.now();
    const { cpuMs, rssMb } = figures();
    this.bill({ lambdaGbSecond: ((now - this.#at) / 1000) * (memoryMb / 1024) });
    this.bill(ahead);
    const since = {
      cpuMs: cpuMs - this.#cpuMs,
      peakMb: rssMb,
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      billed: Object.fromEntries(this.#billed),
    };
    const used = together(this.#untold, since);
    this.#at = now;
    this.#cpuMs = cpuMs;
    this.#untold = UNUSED;
    this.#sentBytes = 0;
    this.#receivedBytes = 0;
    this.#billed.clear();
    // What it was told of ahead is still to come, and was counted.
    this.bill(ahead, -1);
    return used;
  }

  end(): void {
    if (this.#runId === undefined) return;
    leftOver.set(this.#runId, together(leftOver.get(this.#runId) ?? UNUSED, this.take({})));
    for (const oldest of leftOver.keys()) {
      if (leftOver.size <= KEPT) break;
      leftOver.delete(oldest);
    }
  }
}
