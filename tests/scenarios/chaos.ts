import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { dynamoClient } from '../../adapters/aws/clients.ts';
import { DynamoTables } from '../../adapters/aws/dynamo-tables.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import { loadOldCities } from '../../cli/demo/load-old-cities.ts';
import { type RunView, runView } from '../../shared/api/run-view.ts';
import { type TimelineEvent, timelinePage } from '../../shared/api/timeline.ts';
import { Checksum, recordHash } from '../../shared/batch/checksum.ts';

/**
 * `npm run chaos -- --kills 20 [--records N] [--seed S]`: kills the whole control plane with SIGKILL at random moments
 * of the cities migration and starts it again on the same directory. In the end the target must be, by checksum, what
 * an uninterrupted run makes of it, and no kill may have cost more than one checkpoint interval a segment.
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '20' }, records: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const root = new URL('../../', import.meta.url).pathname;
const SEGMENTS = 4;
/** A start waits up to this long for the intents of the dead, ms. */
const STANDSTILL_MS = 15_000;
/** What one life may work, ms, so that there is something left for the next kill. */
const WORK_MS = 900;

class Plane {
  readonly dataDir: string;
  #child: ChildProcess | undefined;
  #url = '';
  dynamodb = '';

  constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  async boot(): Promise<void> {
    const child = spawn(process.execPath, ['cli/main.ts', 'dev', '--json', '--port', '0', '--data-dir', this.dataDir], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    let text = '';
    for await (const line of createInterface({ input: child.stdout })) {
      text += line;
      const ready = parsed(text);
      if (!ready) continue;
      this.#url = ready.url;
      this.dynamodb = ready.dynamodb;
      return;
    }
    throw new Error('The control plane ended before it was ready.');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.#child = undefined;
  }

  async call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const token = (await readFile(join(this.dataDir, 'token'), 'utf8')).trim();
    const ask = () =>
      fetch(`${this.#url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    let response = await ask();
    // Whoever only looks comes again where the store did not answer in time, as the command line does.
    for (let again = 0; method === 'GET' && response.status === 503 && again < 60; again += 1) {
      await systemClock.sleep(1000);
      response = await ask();
    }
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async start(): Promise<string> {
    const text = await readFile(join(root, 'examples/cities/plan.yaml'), 'utf8');
    const answer = await this.call('POST', '/v1/runs', {
      plan: { text, file: 'plan.yaml' },
      baseDir: join(root, 'examples/cities'),
    });
    return (answer as { run: { id: string } }).run.id;
  }

  async run(runId: string): Promise<RunView> {
    return runView.parse(await this.call('GET', `/v1/runs/${runId}`));
  }

  /** Waits until a segment has written a new intent or checkpoint. */
  async atWork(runId: string, checkpoints: number): Promise<void> {
    for (;;) {
      const run = await this.run(runId);
      if (run.resting || run.totals.writes.checkpoints > checkpoints) return;
      await systemClock.sleep(50);
    }
  }

  async ended(runId: string): Promise<RunView> {
    for (;;) {
      const run = await this.run(runId);
      if (run.resting) return run;
      await systemClock.sleep(500);
    }
  }

  async timeline(runId: string): Promise<TimelineEvent[]> {
    const events: TimelineEvent[] = [];
    let cursor: string | undefined;
    for (;;) {
      const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = timelinePage.parse(await this.call('GET', `/v1/runs/${runId}/timeline?limit=1000${query}`));
      if (page.broken.length > 0) throw new Error(`The chain of events is broken: ${JSON.stringify(page.broken)}`);
      events.push(...page.events);
      if (!page.more) return events;
      cursor = page.cursor;
    }
  }

  async load(): Promise<void> {
    const limit = values.records === undefined ? undefined : Number(values.records);
    const signal = new AbortController().signal;
    await loadOldCities({ endpoint: this.dynamodb, limit, clock: systemClock, signal, onProgress: () => {} });
  }

  /** Of everything in the new table, whatever the order. */
  async checksum(): Promise<string> {
    const client = dynamoClient({
      endpoint: this.dynamodb,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const tables = new DynamoTables({ client, clock: systemClock, ids: systemIds() });
    const sum = new Checksum();
    let cursor: string | undefined;
    do {
      const page = await tables.scan('places', {
        segment: 0,
        segments: 1,
        limit: 1000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const record of page.records) sum.add(recordHash(record));
      cursor = page.cursor;
    } while (cursor !== undefined);
    client.destroy();
    return `${sum.text.count} records, ${sum.text.sum}`;
  }
}

function parsed(text: string): { url: string; dynamodb: string } | undefined {
  try {
    return JSON.parse(text) as { url: string; dynamodb: string };
  } catch {
    return undefined;
  }
}

async function uninterrupted(folder: string): Promise<string> {
  const plane = new Plane(join(folder, 'calm'));
  await plane.boot();
  try {
    await plane.load();
    const run = await plane.ended(await plane.start());
    if (run.status !== 'succeeded') throw new Error(`The uninterrupted run ended as ${run.status}: ${run.reason}`);
    return await plane.checksum();
  } finally {
    await plane.kill();
  }
}

interface Killed {
  readonly checksum: string;
  readonly run: RunView;
  readonly events: readonly TimelineEvent[];
}

async function interrupted(folder: string, kills: number, seed: number): Promise<Killed> {
  const { random } = seededIds(seed, systemClock);
  const plane = new Plane(join(folder, 'killed'));
  await plane.boot();
  try {
    await plane.load();
    const runId = await plane.start();
    for (let done = 1; done <= kills; done += 1) {
      const before = await plane.run(runId);
      // Every third dies while it waits or starts; the others once they are at work again.
      if (random() < 1 / 3) await systemClock.sleep(random() * STANDSTILL_MS);
      else await plane.atWork(runId, before.totals.writes.checkpoints);
      await systemClock.sleep(random() * WORK_MS);
      const { resting, totals } = await plane.run(runId);
      if (resting) throw new Error(`The run was over before kill ${done}: take more records.`);
      await plane.kill();
      console.log(
        `kill ${done} of ${kills}: ${totals.records.read} read, ${totals.records.written} written, ${totals.writes.checkpoints} checkpoints`,
      );
      await plane.boot();
    }
    const run = await plane.ended(runId);
    return { checksum: await plane.checksum(), run, events: await plane.timeline(runId) };
  } finally {
    await plane.kill();
  }
}

/** Intervals that were begun again after their first attempt, and the checkpoints of each interval. */
function redone(events: readonly TimelineEvent[]): { readonly repeats: number; readonly twice: number } {
  const segments = events.filter(({ item }) => item.startsWith('SEGMENT#'));
  const repeats = segments.filter(({ type, data }) => type === 'stepStarted' && Number(data['attempt']) > 1).length;
  const checkpoints = segments
    .filter(({ type }) => type === 'checkpointCreated')
    .map(({ item, data }) => `${item} ${data['step']}`);
  return { repeats, twice: checkpoints.length - new Set(checkpoints).size };
}

const folder = await mkdtemp(join(tmpdir(), 'slipway-chaos-'));
try {
  const expected = await uninterrupted(folder);
  console.log(`uninterrupted: ${expected}`);
  const kills = Number(values.kills);
  const { checksum, run, events } = await interrupted(folder, kills, Number(values.seed));
  const { repeats, twice } = redone(events);
  console.log(`after ${kills} kills: ${checksum}, ${run.status}, ${repeats} intervals redone, ${events.length} events`);
  const checks = {
    'the run succeeds': run.status === 'succeeded',
    'the target equals that of the uninterrupted run': checksum === expected,
    'no kill costs more than one interval a segment': repeats <= kills * SEGMENTS,
    'no interval is checkpointed twice': twice === 0,
    'no lock is left': run.locks.length === 0,
  };
  const failed = Object.entries(checks).filter(([, held]) => !held);
  for (const [check] of failed) console.log(`FAILS: ${check}`);
  console.log(`${Object.keys(checks).length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}
