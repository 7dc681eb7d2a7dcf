import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ControlPlane, startControlPlane } from '../local/control-plane.ts';
import { growthOf, isGrowing, type Sample } from './growth.ts';

/** Runs the embedded control plane for as long as one likes, and ends with 1 where it holds more and more. */

const TASKS = `
export const step = { effect: 'idempotent', forward: ({ item }) => ({ item, at: 'done' }), undo: () => {} };
export const fail = { effect: 'idempotent', forward: () => { throw new Error('as planned'); }, undo: () => {} };
`;
const MB = 1024 * 1024;
/** ms between two samples. */
const EVERY = 2000;
/** How often it looks for a sample, and ms between. */
const LOOKS = 10;
const BETWEEN_LOOKS = 30;
/** What may be gained without a verdict, beside a tenth. */
const SPARE = { 'heap, MB': 5, 'resident, MB': 5, handles: 5, 'file descriptors': 5 } as const;
type Measure = keyof typeof SPARE;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0) || !globalThis.gc) {
  console.error('Give --minutes above 0, and run it by: npm run soak -- --minutes 5');
  process.exit(2);
}

const component = (name: string, run: string) => ({
  ...{ name, kind: 'task', run: `./tasks.ts#${run}`, items: ['a', 'b', 'c'], retry: { attempts: 0 } },
});
const planOf = (name: string, runs: readonly string[]) => ({
  ...{ slipway: 1, name, target: `soak/${name}`, onFailure: 'rollback' },
  phases: runs.map((run, at) => ({ name: `p${at}`, components: [component(`c${at}`, run)] })),
});

class Load {
  readonly #plane: ControlPlane;
  readonly #baseDir: string;
  readonly done = { runs: 0, rollbacks: 0, evaluations: 0, reads: 0 };

  constructor(plane: ControlPlane, baseDir: string) {
    this.#plane = plane;
    this.#baseDir = baseDir;
  }

  /** One turn of everything. */
  async turn(name: string): Promise<void> {
    const wanted = [this.#run(name, ['step', 'step'], 'succeeded'), this.#run(`${name}-back`, ['step', 'fail'], 'rolled-back')];
    await Promise.all([...wanted, this.#flags(), this.#reads()]);
  }

  async #run(name: string, runs: readonly string[], end: string): Promise<void> {
    const plan = { text: JSON.stringify(planOf(name, runs)), file: 'plan.json' };
    const { run } = (await this.#ask('POST', '/v1/runs', { plan, baseDir: this.#baseDir })) as { run: { id: string } };
    for (;;) {
      const { resting, status } = (await this.#ask('GET', `/v1/runs/${run.id}`)) as { resting: boolean; status: string };
      if (resting && status === end) break;
      if (resting) throw new Error(`The run ${run.id} is ${status}, not ${end}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.#ask('GET', `/v1/runs/${run.id}/timeline`);
    this.done[end === 'succeeded' ? 'runs' : 'rollbacks'] += 1;
  }

  async #flags(): Promise<void> {
    await this.#ask('PUT', '/v1/flags/soak', { simple: { rolloutPercentage: this.done.evaluations % 100 } });
    for (let customer = 0; customer < 20; customer += 1) {
      await this.#ask('POST', '/ofrep/v1/evaluate/flags/soak', { context: { targetingKey: `customer-${customer}` } });
      this.done.evaluations += 1;
    }
  }

  async #reads(): Promise<void> {
    for (const path of ['/v1/runs?limit=20', '/v1/health', '/v1/flags', '/metrics']) {
      await this.#ask('GET', path);
      this.done.reads += 1;
    }
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#plane.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.#plane.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return path === '/metrics' ? text : JSON.parse(text);
  }
}

/** The least of a few looks: events are still handed over after a turn, and what is under way comes and goes. */
async function look(): Promise<Record<Measure, number>> {
  const least = { handles: Number.POSITIVE_INFINITY, 'file descriptors': Number.POSITIVE_INFINITY };
  for (let at = 0; at < LOOKS; at += 1) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
    least.handles = Math.min(least.handles, process.getActiveResourcesInfo().length);
    least['file descriptors'] = Math.min(least['file descriptors'], readdirSync('/proc/self/fd').length);
  }
  globalThis.gc?.();
  // The heap is this thread's. What is resident is of all threads, and of what LevelDB holds.
  const { heapUsed, rss } = process.memoryUsage();
  return { 'heap, MB': heapUsed / MB, 'resident, MB': rss / MB, ...least };
}

const folder = await mkdtemp(join(tmpdir(), 'slipway-soak-'));
const baseDir = join(folder, 'plan');
await mkdir(baseDir);
await writeFile(join(baseDir, 'tasks.ts'), TASKS);
const plane = await startControlPlane({ dataDir: join(folder, 'data'), port: 0, log: (line) => console.error(line) });
const samples: Record<Measure, Sample[]> = { 'heap, MB': [], 'resident, MB': [], handles: [], 'file descriptors': [] };
const measures = Object.keys(samples) as Measure[];
const load = new Load(plane, baseDir);
let growing = false;
try {
  const began = performance.now();
  let looked = 0;
  for (let turn = 0; performance.now() - began < minutes * 60_000; turn += 1) {
    await load.turn(`soak-${turn % 5}`);
    const at = performance.now() - began;
    if (at - looked < EVERY && turn > 0) continue;
    looked = at;
    const seen = await look();
    for (const measure of measures) samples[measure].push({ at, value: seen[measure] });
  }
  const { runs, rollbacks, evaluations, reads } = load.done;
  console.log(`${minutes} min: ${runs} runs, ${rollbacks} rollbacks, ${evaluations} evaluations of flags, ${reads} reads`);
  for (const measure of measures) {
    const growth = growthOf(samples[measure]);
    const grows = isGrowing(growth, SPARE[measure]);
    growing ||= grows;
    const figures = `mean ${growth.mean.toFixed(1)}, gained ${growth.gained.toFixed(2)} in the last two thirds`;
    console.log(`${measure}: ${figures} (${samples[measure].length} samples): ${grows ? 'GROWING' : 'flat'}`);
  }
} finally {
  await plane.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(growing ? 1 : 0);
