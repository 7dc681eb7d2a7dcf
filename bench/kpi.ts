import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { ApiClient } from '../cli/api-client.ts';
import { type ControlPlane, startControlPlane } from '../local/control-plane.ts';
import type { RunView } from '../shared/api/run-view.ts';
import type { RunEvent } from '../shared/ports/events.ts';
import { KPI_TASKS } from './kpi-tasks.ts';
import { median, type Row, round } from './row.ts';
import { seededRandom } from './seeded-random.ts';

const RUNS = 200;
/** Of all calls of user code: what a busy account answers with throttles, resets and 503s. */
const TRANSIENT = 0.08;
/** Of all runs: changes that do not work, which their verification finds. */
const BAD = 0.04;
/** So often the whole control plane dies and is started again while the runs are under way. */
const CRASHES = 3;
const STEPS = ['a', 'b', 'c', 'd'];

interface Kept {
  readonly view: RunView;
  readonly bad: boolean;
}

/** Seeded runs under throttles, passing failures, bad changes and crashes, beside the targets of the service. */
export async function kpi({ records: runs = RUNS }: { records?: number }): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-kpi-'));
  const service = new Service(folder);
  try {
    await mkdir(join(folder, 'plan'));
    await writeFile(join(folder, 'plan', 'tasks.ts'), KPI_TASKS);
    await service.boot();
    const kept = await played(service, runs);
    return rowsOf(kept, service.events);
  } finally {
    await service.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One control plane after the other on the same directory, and all that was heard of them. */
class Service {
  readonly events: (RunEvent & { readonly heard: number })[] = [];
  readonly folder: string;
  #plane: ControlPlane | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  async boot(): Promise<void> {
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const plane = await startControlPlane({ dataDir: join(this.folder, 'data'), port: 0, log });
    plane.events.subscribe((event) => void this.events.push({ ...event, heard: Date.now() }));
    this.#plane = plane;
  }

  get api(): ApiClient {
    if (!this.#plane) throw new TypeError('The control plane was never started.');
    const { url, token } = this.#plane;
    return new ApiClient({ access: { url, token, here: true }, fetch, start: 'npm run bench -- kpi' });
  }

  async close(): Promise<void> {
    await this.#plane?.close();
  }
}

async function played(service: Service, runs: number): Promise<readonly Kept[]> {
  const random = seededRandom(1);
  const started: { id: string; bad: boolean }[] = [];
  for (let index = 0; index < runs; index += 1) {
    const bad = random() < BAD;
    const value = planOf(index, bad);
    const answer = await service.api.call('start-run', { plan: { value }, baseDir: join(service.folder, 'plan') });
    if (answer.dryRun) throw new TypeError('A run was asked for.');
    started.push({ id: answer.run.id, bad });
    if ((index + 1) % Math.ceil(runs / (CRASHES + 1)) === 0 && index + 1 < runs) {
      await service.close();
      await service.boot();
    }
  }
  const kept: Kept[] = [];
  for (const { id, bad } of started) {
    const { status } = await ended(service, id);
    // A person who hears of it takes back what was bad.
    if (bad && status === 'failed') await service.api.call('rollback-run', { runId: id, reason: 'it does not work' });
    kept.push({ bad, view: await ended(service, id) });
  }
  return kept;
}

const planOf = (index: number, bad: boolean) => {
  const input = { seed: index, transient: TRANSIENT, bad };
  const component = { name: 'one', kind: 'task', run: './tasks.ts#change', items: STEPS, input };
  const onFailure = bad ? 'stop' : 'rollback';
  return {
    slipway: 1,
    name: `kpi-${index}`,
    onFailure,
    target: `test/kpi-${index}`,
    phases: [{ name: 'only', components: [component] }],
  };
};

async function ended({ api }: Service, runId: string): Promise<RunView> {
  for (;;) {
    const view = await api.call('get-run', { runId });
    if (view.resting) return view;
    await systemClock.sleep(500);
  }
}

function rowsOf(kept: readonly Kept[], events: readonly (RunEvent & { readonly heard: number })[]): Row[] {
  const good = kept.filter(({ view, bad }) => view.status === (bad ? 'rolled-back' : 'succeeded'));
  const success = (100 * good.length) / kept.length;
  const { retried, mended } = retriesOf(events);
  const alerts = alertsOf(kept, events);
  const slowest = alerts.length === 0 ? 0 : Math.max(...alerts);
  const bad = kept.filter((one) => one.bad).length;
  const minutes = median(kept.map(({ view }) => view.seconds)) / 60;
  const most = mostAtOnce(kept, events);
  const retriesMended = retried === 0 ? 100 : (100 * mended) / retried;
  return [
    { name: `runs (${bad} bad changes, ${CRASHES} crashes)`, value: kept.length, unit: '', goal: null, met: null },
    goal('success, clean rollbacks of bad changes too', success, '%', 'at least 99.5', success >= 99.5),
    goal(`steps mended by automatic retries, of ${retried}`, retriesMended, '%', 'at least 80', retriesMended >= 80),
    goal('typical run, with its wait', minutes, 'min', 'under 5', minutes < 5),
    goal('under way at once, at most', most, 'runs', '10', most <= 10),
    goal('bad changes of which an alert tells', alerts.length, 'runs', `all ${bad}`, alerts.length === bad),
    goal('failure to alert, the slowest', slowest / 1000, 's', 'under 120', slowest < 120_000),
  ];
}

const goal = (name: string, value: number, unit: string, words: string, met: boolean): Row => ({
  name,
  value: round(value, 2),
  unit,
  goal: words,
  met,
});

/** Steps of which an attempt failed, and those of them that were done in the end. */
function retriesOf(events: readonly RunEvent[]): { retried: number; mended: number } {
  const named = (type: string) =>
    new Set(
      events.filter((event) => event.type === type && !event.data['back']).map(({ runId, data }) => `${runId}/${data['step']}`),
    );
  const failed = named('stepFailed');
  const done = named('checkpointCreated');
  return { retried: failed.size, mended: [...failed].filter((step) => done.has(step)).length };
}

/** For each bad change, ms from its failure to when its alert was heard. */
function alertsOf(kept: readonly Kept[], events: readonly (RunEvent & { readonly heard: number })[]): number[] {
  return kept.flatMap(({ view, bad }) => {
    const failed = events.find(({ runId, type }) => runId === view.id && type === 'componentFailed');
    const told = events.find(({ type, data }) => type === 'alertRaised' && JSON.stringify(data).includes(view.id));
    return bad && failed && told ? [Math.max(0, told.heard - failed.at)] : [];
  });
}

const RESTS: ReadonlySet<string> = new Set(['succeeded', 'rolled-back', 'failed', 'partially-failed']);

/** By the timelines: from the moment that a run had its slot to its end. */
function mostAtOnce(kept: readonly Kept[], events: readonly RunEvent[]): number {
  const stays = kept.map(({ view }) => {
    const mine = events.filter(({ runId, item }) => runId === view.id && item === 'RUN');
    const admitted = mine.find(({ type, data }) => type === 'locksTaken' && data['fences'] !== undefined);
    // Going back after it has rested takes no slot.
    const rested = mine.find(({ data }) => RESTS.has(String(data['to'])));
    return { from: admitted?.at ?? 0, to: rested?.at ?? view.endedAt ?? 0 };
  });
  return Math.max(...stays.map(({ from }) => stays.filter((other) => other.from <= from && from < other.to).length));
}
