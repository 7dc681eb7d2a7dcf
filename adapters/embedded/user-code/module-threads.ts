import type { Clock } from '../../../shared/ports/clock.ts';
import { systemClock } from '../system-clock.ts';
import type { UserLine } from './messages.ts';
import type { ModuleFile } from './module-file.ts';
import { ModuleThread } from './module-thread.ts';

export interface ModuleThreadsOptions {
  /** Hears each line that user code prints, with the path of its file. */
  readonly onLine?: (line: UserLine & { readonly file: string }) => void;
  readonly clock?: Pick<Clock, 'now'>;
  /** The most threads that are kept without a call under way. */
  readonly resting?: number;
}

/** A thread at rest takes about 20 MB; making one anew takes a tenth of a second. */
const RESTING = 16;

interface Held {
  readonly version: string;
  readonly thread: ModuleThread;
}

/**
 * A thread for each file, kept between calls and made anew when the file has changed. Of those at rest the ones used longest ago are
 * ended: plans come and go, and so do their files.
 */
export class ModuleThreads {
  readonly #options: ModuleThreadsOptions;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #resting: number;
  /** By path, the one used longest ago first. */
  readonly #held = new Map<string, Held>();
  /** Those that are no longer used and not dead yet. */
  readonly #retired = new Set<ModuleThread>();

  constructor(options: ModuleThreadsOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#resting = options.resting ?? RESTING;
  }

  /** To be called at once: at rest it may be ended. */
  of({ path, version }: ModuleFile): ModuleThread {
    const held = this.#held.get(path);
    this.#held.delete(path);
    if (held?.thread.alive && held.version === version) {
      this.#held.set(path, held);
      return held.thread;
    }
    if (held) this.#retire(held.thread);
    const thread = this.#make(path);
    this.#held.set(path, { version, thread });
    return thread;
  }

  /** Ends every thread, whatever it does. */
  async close(): Promise<void> {
    const threads = [...this.#retired, ...[...this.#held.values()].map(({ thread }) => thread)];
    this.#held.clear();
    await Promise.all(threads.map((thread) => thread.close()));
  }

  #make(path: string): ModuleThread {
    const thread = new ModuleThread(path, this.#clock, {
      onLine: (line) => this.#options.onLine?.({ ...line, file: path }),
      onRest: () => this.#endOldest(),
    });
    void thread.gone.then(() => {
      if (this.#held.get(path)?.thread === thread) this.#held.delete(path);
    });
    return thread;
  }

  #endOldest(): void {
    const resting = [...this.#held].filter(([, { thread }]) => !thread.busy);
    for (const [path, { thread }] of resting.slice(0, Math.max(0, resting.length - this.#resting))) {
      this.#held.delete(path);
      this.#retire(thread);
    }
  }

  #retire(thread: ModuleThread): void {
    this.#retired.add(thread);
    void thread.gone.then(() => this.#retired.delete(thread));
    thread.retire();
  }
}
