import { readdirSync, statfsSync } from 'node:fs';
import { monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { LeakWatch } from '../../shared/telemetry/leak-watch.ts';
import { type Crossed, type Thresholds, ThresholdWatch, type VitalSigns } from '../../shared/telemetry/vital-signs.ts';
import { ConnectTimes } from './connect-times.ts';

const MB = 1024 * 1024;
/** What is counted in the kernel is looked at in every so many calls. */
const EVERY = 8;
/** Of calls that overlap, not every one looks at what they share: ms between two looks. */
const SHARED_MS = { processor: 20, memory: 100, signs: 250 } as const;
/** ms between two looks at the event loop. */
const RESOLUTION = 10;
/** Growth that is suspicious beside the calls that see it. */
const LEAKS = { heapUsedMb: 32, handles: 32, fileDescriptors: 32 } as const;

/** What one call used, as far as the process can tell. */
export interface CallUsage {
  readonly cpuMs: number;
  /** The most that was resident, MB; of the process. */
  readonly rssMb: number;
  readonly crossed: readonly Crossed[];
}

/**
 * Measures the process around the calls of a function. Nothing is set up before the first call has ended, so that no cold start pays for
 * it; calls that overlap (embedded) share the figures, and the CPU time equally.
 */
export class SelfMonitor {
  readonly #watch: ThresholdWatch;
  readonly #leaks = Object.entries(LEAKS).map(([measure, grows]) => ({ measure, grows, watch: new LeakWatch(grows) }));
  readonly #connections = new ConnectTimes();
  #loop: ReturnType<typeof monitorEventLoopDelay> | undefined;
  #gc: PerformanceObserver | undefined;
  /** The longest sweep that Node has told of since the last look, ms. */
  #gcPauseMs = 0;
  #calls = 0;
  #open = 0;
  /** CPU time that fell to each call under way, ms. */
  #shareMs = 0;
  #cpu = process.cpuUsage();
  #rssMb = 0;
  readonly #lookedAt = { processor: 0, memory: Number.NEGATIVE_INFINITY, signs: 0 };
  #kernel = { fileDescriptors: 0, tmpShare: 0 };

  constructor(thresholds: Thresholds) {
    this.#watch = new ThresholdWatch(thresholds);
  }

  /** Answers what ends the measuring of this call. */
  begin(): () => CallUsage {
    this.#share();
    const from = this.#shareMs;
    const heap = this.#calls === 0 ? undefined : getHeapStatistics().used_heap_size;
    // What a frozen sandbox slept is nobody's delay.
    if (this.#open === 0) {
      this.#loop?.reset();
      this.#loop?.enable();
      this.#gcPauseMs = 0;
    }
    this.#open += 1;
    return () => this.#end(from, heap);
  }

  /** CPU time so far, in which calls that overlap have equal shares of what their process spends; and what is resident now. */
  figures(): { readonly cpuMs: number; readonly rssMb: number } {
    this.#share();
    return { cpuMs: this.#shareMs, rssMb: this.#rssMb };
  }

  #share(): void {
    if (!this.#lately('memory')) this.#rssMb = process.memoryUsage.rss() / MB;
    if (this.#open > 1 && this.#lately('processor')) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpu = { user: this.#cpu.user + user, system: this.#cpu.system + system };
    if (this.#open > 0) this.#shareMs += (user + system) / 1000 / this.#open;
  }

  /** Whether it was looked at just now. */
  #lately(what: keyof typeof SHARED_MS): boolean {
    const now = performance.now();
    if (now - this.#lookedAt[what] < SHARED_MS[what]) return true;
    this.#lookedAt[what] = now;
    return false;
  }

  #end(from: number, heapBefore: number | undefined): CallUsage {
    const { cpuMs, rssMb } = this.figures();
    const crossed = heapBefore === undefined || (this.#open > 1 && this.#lately('signs')) ? [] : this.#look(heapBefore);
    this.#open -= 1;
    if (this.#calls === 0) this.#setUp();
    if (this.#open === 0) this.#loop?.disable();
    this.#calls += 1;
    return { cpuMs: cpuMs - from, rssMb, crossed };
  }

  #look(heapBefore: number): readonly Crossed[] {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (this.#calls % EVERY === 1) this.#kernel = { fileDescriptors: fileDescriptors(), tmpShare: tmpShare() };
    this.#noteSweeps(this.#gc?.takeRecords());
    const signs: VitalSigns = {
      heapShare: used / limit,
      heapGrownMb: Math.max(0, used - heapBefore) / MB,
      gcPauseMs: this.#gcPauseMs,
      eventLoopMs: this.#loop === undefined || this.#loop.count === 0 ? 0 : this.#loop.max / 1e6,
      handles: process.getActiveResourcesInfo().length,
      ...this.#kernel,
      ...this.#connections.take(),
    };
    this.#gcPauseMs = 0;
    const figures = { heapUsedMb: used / MB, handles: signs.handles, fileDescriptors: signs.fileDescriptors };
    const leaks = this.#leaks.flatMap(({ measure, grows, watch }) => {
      const grown = watch.take(figures[measure as keyof typeof figures]);
      return grown === undefined ? [] : [{ measure: `leak.${measure}`, value: grown, threshold: grows }];
    });
    return [...this.#watch.take(signs), ...leaks];
  }

  /** Node hands them over as soon as the call waits for something: what is left at its end are the last. */
  #noteSweeps(sweeps: readonly PerformanceEntry[] = []): void {
    for (const { duration } of sweeps) this.#gcPauseMs = Math.max(this.#gcPauseMs, duration);
  }

  #setUp(): void {
    this.#loop = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#gc = new PerformanceObserver((list) => this.#noteSweeps(list.getEntries()));
    this.#gc.observe({ entryTypes: ['gc'] });
    this.#connections.listen();
  }

  close(): void {
    this.#loop?.disable();
    this.#gc?.disconnect();
    this.#connections.close();
  }
}

function fileDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // Not Linux.
    return 0;
  }
}

function tmpShare(): number {
  try {
    const { blocks, bavail } = statfsSync('/tmp');
    return blocks === 0 ? 0 : 1 - bavail / blocks;
  } catch {
    return 0;
  }
}
