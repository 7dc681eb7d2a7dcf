import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpoints } from '../../shared/api/endpoints.ts';
import { timelineEvent } from '../../shared/api/timeline.ts';
import { type Ended, Workplace } from './cli-process.ts';

const CHECKED = `slipway: 1
name: checked
target: local/checked
phases:
  - name: only
    components:
      - { name: rest, kind: wait, for: 20ms }
    validate:
      - { type: function, name: figure, run: ./figure.mjs#figure, is: <=, limit: 3 }
  - name: after
    after: [only]
    components:
      - { name: again, kind: wait, for: 20ms }
`;

const json = (ended: Ended): unknown => JSON.parse(ended.stdout);
const failure = z.object({ error: z.object({ code: z.string(), exitCode: z.number() }) });

describe('the command line about what happens', { timeout: 120_000 }, () => {
  let place: Workplace;
  let runId = '';

  beforeAll(async () => {
    place = await Workplace.open();
    await place.dev();
    await writeFile(join(place.cwd, 'checked.yaml'), CHECKED);
    await writeFile(join(place.cwd, 'figure.mjs'), 'export const figure = () => ({ value: 2, sample: 10 });');
  }, 60_000);
  afterAll(() => place.close());

  it('prints the events of every run until Ctrl-C', async () => {
    const events = place.start('events', '--json');
    const text = place.start('events');
    // Whoever follows hears of what comes after; a plan that is kept is something that happens.
    for (let tries = 0; !(events.stdout.includes('planPut') && text.stdout.includes('planPut')); tries += 1) {
      await writeFile(join(place.cwd, 'checked.yaml'), `${CHECKED}# ${tries}\ndescription: try ${tries}\n`);
      expect(await place.run('plans', 'put', 'checked.yaml')).toMatchObject({ code: 0 });
    }
    const started = json(await place.run('start', 'checked@latest', '--json')) as { run: { id: string } };
    runId = started.run.id;
    expect(await place.run('watch', runId)).toMatchObject({ code: 0 });
    await Promise.all([events.says('"to":"succeeded"'), text.says('to=succeeded')]);
    for (const one of [events, text]) one.signal('SIGINT');
    const { code, stdout } = await events.ended;
    expect(code).toBe(8);
    // The last line says that it was left.
    const told = stdout
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => timelineEvent.parse(JSON.parse(line)));
    const names = told.map(({ item, rev, runId }) => `${runId}/${item}#${rev}`);
    expect(new Set(names).size).toBe(names.length);
    expect((await text.ended).stdout).toMatch(new RegExp(`^${runId} {2}.*run {2}runCreated`, 'm'));
  });

  it('follows the timeline of a run to its rest, as it prints it afterwards', async () => {
    const followed = await place.run('logs', runId, '--follow', '--json');
    const printed = await place.run('logs', runId, '--json');
    expect([followed.code, printed.code]).toEqual([0, 0]);
    expect(followed.stdout.split('\n').toSorted()).toEqual(printed.stdout.split('\n').toSorted());
  });

  it('carries out the checks of a phase on a sample, and tells of them', async () => {
    const ran = await place.run('validations', 'run', runId, '--phase', 'only', '--sample-size', '5', '--json');
    const asked = endpoints['start-validation'].output.parse(json(ran));
    expect([ran.code, asked.outcome, asked.sampleSize]).toEqual([0, 'pass', 5]);
    await writeFile(join(place.cwd, 'figure.mjs'), 'export const figure = () => ({ value: 9, sample: 10 });');
    const again = await place.run('validations', 'run', runId, '--phase', 'only');
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(/fail +phase:only +figure/);
    const listed = await place.run('validations', 'list', runId);
    expect(listed.stdout).toMatch(/fail[\s\S]*pass/);
    expect(json(await place.run('validations', 'get', runId, asked.id, '--json'))).toEqual(asked);

    const refused = async (...words: string[]) => failure.parse(json(await place.run('validations', ...words, '--json'))).error;
    expect(await refused('run', runId, '--phase', 'none')).toMatchObject({ code: 'PHASE_NOT_FOUND', exitCode: 6 });
    expect(await refused('run', runId, '--phase', 'after')).toMatchObject({ code: 'NO_CHECKS' });
    expect(await refused('run', runId, '--phase', 'only', '--sample-size', 'all')).toMatchObject({ code: 'USAGE', exitCode: 2 });
    expect(await refused('get', runId, '0'.repeat(26))).toMatchObject({ code: 'VALIDATION_NOT_FOUND', exitCode: 6 });
    expect(await refused('list', 'nothing')).toMatchObject({ code: 'RUN_NOT_FOUND', exitCode: 6 });
  });

  it('schedules a plan that is kept', async () => {
    const words = ['schedules', 'set', 'nightly', '--expression', 'cron(0 0 1 1 ? 2190)'];
    const set = await place.run(...words, '--plan', 'checked@latest');
    expect(set.stdout).toMatch(/plan +checked@latest/);
    expect((await place.run(...words, '--plan', 'checked@999')).code).toBe(6);
    expect((await place.run('schedules', 'set', 'nightly', '--window-minutes', '5')).stdout).toMatch(/plan +checked@latest/);
  });

  it('sets when people are told, and tells who did', async () => {
    expect((await place.run('alerts', 'settings-history')).stdout).toContain('Nobody has set any.');
    const set = await place.run('alerts', 'settings', '--queue-stuck', '3', '-m', 'we are impatient');
    expect(set.stdout).toContain('stuck after 3 minutes');
    expect((await place.run('alerts', 'settings-history')).stdout).toMatch(/alertSettingsPut.*impatient/);
    expect((await place.run('alerts', 'settings', '--queue-stuck', '0')).code).toBe(2);
  });
});
