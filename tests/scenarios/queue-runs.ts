import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { PlaneProcess } from './plane-process.ts';
import { mostAtOnce, overtaken, stayOf } from './stays.ts';
import { TASKS } from './user-tasks.ts';

export interface Crowd {
  readonly runs: number;
  readonly atOnce: number;
  /** How often the control plane is killed while they wait and work. */
  readonly kills: number;
  readonly seed: number;
}

/** What became of a crowd of runs that were started at once; nothing in `broken` is as it must be. */
export interface Outcome {
  readonly seconds: number;
  /** The most that were under way at once, by their timelines. */
  readonly most: number;
  /** Runs that went in before another that had to go first; those that went in within a moment of each other are not told apart. */
  readonly overtaken: number;
  readonly broken: readonly string[];
}

/** Starts a crowd of runs at once, each with a target of its own, under a limit, and sees how it goes. */
export async function queueRuns(crowd: Crowd): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-queue-'));
  const plane = new PlaneProcess(join(folder, 'data'));
  try {
    for (const part of ['plan', 'data']) await mkdir(join(folder, part));
    await writeFile(join(folder, 'plan', 'tasks.ts'), TASKS);
    await plane.boot();
    return await played(plane, join(folder, 'plan'), crowd);
  } finally {
    await plane.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function played(plane: PlaneProcess, baseDir: string, { runs, atOnce, kills, seed }: Crowd): Promise<Outcome> {
  const { limits } = await plane.call('get-limits', {});
  await plane.call('put-limits', { limits: { ...limits, atOnce, perEnvironment: null }, ifRev: 0 });
  const { random } = seededIds(seed, systemClock);
  const began = performance.now();
  const ids = await Promise.all(
    Array.from({ length: runs }, async (_, index) => {
      const priority = index % 3;
      const source = { plan: { text: JSON.stringify(planOf(index)), file: 'plan.json' }, baseDir };
      const answer = await plane.call('start-run', { ...source, priority });
      if (answer.dryRun) throw new Error('It was a dry run.');
      return { id: answer.run.id, priority };
    }),
  );
  for (let kill = 0; kill < kills; kill += 1) {
    await systemClock.sleep(500 + random() * 2000);
    await plane.kill();
    await plane.boot();
  }
  const views = await Promise.all(ids.map(async ({ id, priority }) => ({ priority, view: await ended(plane, id) })));
  const seconds = (performance.now() - began) / 1000;
  const stays = await Promise.all(
    views.map(async ({ view: { id, endedAt = 0 }, priority }) => {
      const { events } = await plane.call('get-timeline', { runId: id, limit: 1000 });
      return stayOf(events, priority, endedAt);
    }),
  );
  const most = mostAtOnce(stays);
  const { underWay, waiting } = await plane.call('get-limits', {});
  const broken = [
    ...views.filter(({ view }) => view.status !== 'succeeded').map(({ view }) => `${view.id} ended as ${view.status}`),
    ...views.filter(({ view }) => view.locks.length > 0).map(({ view }) => `${view.id} left a lock`),
    ...(most > atOnce ? [`${most} were under way at once`] : []),
    ...(underWay + waiting > 0 ? [`${underWay} slots and ${waiting} places are left`] : []),
  ];
  return { seconds, most, overtaken: overtaken(stays), broken };
}

const planOf = (index: number): PlanInput => ({
  slipway: 1,
  name: `crowd-${index}`,
  target: `test/crowd-${index}`,
  phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step', items: ['a', 'b'] }] }],
});

async function ended(plane: PlaneProcess, runId: string): Promise<RunView> {
  for (;;) {
    const view = await plane.call('get-run', { runId });
    if (view.resting) return view;
    await systemClock.sleep(1000);
  }
}
