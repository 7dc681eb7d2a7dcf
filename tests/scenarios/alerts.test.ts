import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FAILING, raised, TOLD } from '../infra/iam/told-scenarios.ts';
import { embeddedBed } from './embedded-bed.ts';
import { Plane } from './plane.ts';
import { PlaneProcess } from './plane-process.ts';
import { TASKS } from './user-tasks.ts';

it('tells of a run that failed, by itself, and goes on to know it after a restart', { timeout: 120_000 }, async () => {
  const plane = await Plane.start();
  await TOLD['an alert that is told and acknowledged']?.(plane, embeddedBed.code);
  const before = await raised(plane);
  await plane.restart();
  expect(await raised(plane)).toEqual(before);
  expect(before).toMatchObject({ code: 'MIGRATION_FAILED', severity: 'critical', status: 'acknowledged', count: 1 });
  expect(before.next).toContain('slipway ');
});

it('tells of a run whose failure was written down just before the process was killed', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-alerts-'));
  const plane = new PlaneProcess(folder);
  onTestFinished(async () => {
    await plane.kill();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'tasks.ts'), TASKS);
  await writeFile(join(folder, 'broken'), '');
  await plane.boot();
  const source = { plan: { text: JSON.stringify(FAILING), file: 'plan.json' }, baseDir: folder };
  const started = await plane.call('start-run', source);
  const runId = 'run' in started ? started.run.id : '';
  for (let status = ''; status !== 'failed'; ) ({ status } = await plane.call('get-run', { runId }));
  await plane.kill();
  await plane.boot();
  expect(await raised(plane)).toMatchObject({ code: 'MIGRATION_FAILED', subject: `run/${runId}`, count: 1 });
});
