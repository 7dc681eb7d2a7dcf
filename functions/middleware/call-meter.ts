import type { OnTransfer } from '../../adapters/telemetry/transfers.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Meter } from '../../shared/ports/meter.ts';
import type { Usage } from '../../shared/usage/prices.ts';
import { together, UNUSED, type Used } from '../../shared/usage/used.ts';
import { currentInvocation } from './invocation.ts';

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
  #untold: Used;
  #at: number;
  #cpuMs: number;
  #runId: string | undefined;

  constructor(metered: Metered) {
    this.#metered = metered;
    this.#at = metered.clock.now();
    this.#cpuMs = metered.figures().cpuMs;
    this.#untold = { ...UNUSED, billed: { lambdaRequest: 1, transition: metered.transitions } };
  }

  /** For which run it works. */
  of(runId: string): void {
    this.#runId = runId;
    this.giveBack(leftOver.get(runId) ?? UNUSED);
    leftOver.delete(runId);
  }

  bill(billed: Partial<Usage>): void {
    this.giveBack({ ...UNUSED, billed });
  }

  transferred(sentBytes: number, receivedBytes: number): void {
    this.giveBack({ ...UNUSED, sentBytes, receivedBytes });
  }

  giveBack(used: Used): void {
    this.#untold = together(this.#untold, used);
  }

  take(ahead: Partial<Usage>): Used {
    const { clock, figures, memoryMb } = this.#metered;
    const now = clock.now();
    const { cpuMs, rssMb } = figures();
    const seconds = (now - this.#at) / 1000;
    const since = {
      ...UNUSED,
      cpuMs: cpuMs - this.#cpuMs,
      peakMb: rssMb,
      billed: { lambdaGbSecond: (seconds * memoryMb) / 1024 },
    };
    const used = together(together(this.#untold, since), { ...UNUSED, billed: ahead });
    this.#at = now;
    this.#cpuMs = cpuMs;
    this.#untold = { ...UNUSED, billed: negative(ahead) };
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

const negative = (billed: Partial<Usage>): Partial<Usage> =>
  Object.fromEntries(Object.entries(billed).map(([unit, amount]) => [unit, -amount]));

/** Who is told what a request transfers that is made now: the call that is under way, where it works for a run. */
export function transferring(): OnTransfer | undefined {
  const present = currentInvocation()?.meter;
  return present && ((sent, received) => present.transferred(sent, received));
}

/** Of whatever call is under way. */
export const meter: Meter = {
  take: (ahead) => currentInvocation()?.meter?.take(ahead),
  giveBack: (used) => currentInvocation()?.meter?.giveBack(used),
};
