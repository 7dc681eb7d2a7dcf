import { readdirSync, statfsSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { LeakWatch } from '../../shared/telemetry/leak-watch.ts';
import { type Crossed, type Thresholds, ThresholdWatch, type VitalSigns } from '../../shared/telemetry/vital-signs.ts';
import { ConnectTimes } from './connect-times.ts';

const MB = 1024 * 1024;
/** What is counted in the kernel is looked at in every so many calls. */
const EVERY = 8;
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
 * it; calls that overlap (embedded) share the figures.
 */
export class SelfMonitor {
  readonly #watch: ThresholdWatch;
  readonly #leaks = Object.entries(LEAKS).map(([measure, grows]) => ({ measure, grows, watch: new LeakWatch(grows) }));
  readonly #connections = new ConnectTimes();
  #loop: ReturnType<typeof monitorEventLoopDelay> | undefined;
  #gc: PerformanceObserver | undefined;
  #calls = 0;
  #open = 0;
  #kernel = { fileDescriptors: 0, tmpShare: 0 };

  constructor(thresholds: Thresholds) {
    this.#watch = new ThresholdWatch(thresholds);
  }

  /** Answers what ends the measuring of this call. */
  begin(): () => CallUsage {
    const cpu = process.cpuUsage();
    const heap = this.#calls === 0 ? undefined : getHeapStatistics().used_heap_size;
    // What a frozen sandbox slept is nobody's delay.
    if (this.#open === 0) {
      this.#loop?.reset();
      this.#loop?.enable();
    }
    this.#open += 1;
    return () => this.#end(cpu, heap);
  }

  #end(before: NodeJS.CpuUsage, heapBefore: number | undefined): CallUsage {
    this.#open -= 1;
    const cpu = process.cpuUsage(before);
    const crossed = heapBefore === undefined ? [] : this.#look(heapBefore);
    if (this.#calls === 0) this.#setUp();
    if (this.#open === 0) this.#loop?.disable();
    this.#calls += 1;
    return { cpuMs: (cpu.user + cpu.system) / 1000, rssMb: process.memoryUsage.rss() / MB, crossed };
  }

  #look(heapBefore: number): readonly Crossed[] {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (this.#calls % EVERY === 1) this.#kernel = { fileDescriptors: fileDescriptors(), tmpShare: tmpShare() };
    const pauses = this.#gc?.takeRecords().map(({ duration }) => duration) ?? [];
    const signs: VitalSigns = {
      heapShare: used / limit,
      heapGrownMb: Math.max(0, used - heapBefore) / MB,
      gcPauseMs: Math.max(0, ...pauses),
      eventLoopMs: this.#loop === undefined || this.#loop.count === 0 ? 0 : this.#loop.max / 1e6,
      handles: process.getActiveResourcesInfo().length,
      ...this.#kernel,
      ...this.#connections.take(),
    };
    const figures = { heapUsedMb: used / MB, handles: signs.handles, fileDescriptors: signs.fileDescriptors };
    const leaks = this.#leaks.flatMap(({ measure, grows, watch }) => {
      const grown = watch.take(figures[measure as keyof typeof figures]);
      return grown === undefined ? [] : [{ measure: `leak.${measure}`, value: grown, threshold: grows }];
    });
    return [...this.#watch.take(signs), ...leaks];
  }

  #setUp(): void {
    this.#loop = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#gc = new PerformanceObserver(() => {});
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
