import { memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one start of a module took: ms until it is loaded and all that it began at once is done, and bytes thereafter. */
export interface Start {
  readonly ms: number;
  readonly rss: number;
  /** Swept. */
  readonly heap: number;
}

// Run with the module's URL, in a fresh process: the first thing that happens there is measured.
const [, , url = ''] = process.argv;
const began = performance.now();
await import(url);
await new Promise((resolve) => setImmediate(resolve));
const ms = performance.now() - began;
const { rss } = memoryUsage();
setFlagsFromString('--expose-gc');
(runInNewContext('gc') as () => void)();
process.stdout.write(JSON.stringify({ ms, rss, heap: memoryUsage().heapUsed } satisfies Start));
