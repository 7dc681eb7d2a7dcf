import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dryRunReport } from '../../shared/api/dry-run.ts';
import { endpoints } from '../../shared/api/endpoints.ts';
import { runView } from '../../shared/api/run-view.ts';
import { timelineEvent } from '../../shared/api/timeline.ts';
import { type Ended, Workplace } from './cli-process.ts';
import { DataTables } from './data-tables.ts';

const json = (ended: Ended): unknown => JSON.parse(ended.stdout);
const lines = (ended: Ended): unknown[] =>
  ended.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const started = z.object({ run: z.object({ id: z.string(), status: z.string() }), created: z.boolean() });
const refused = z.object({ error: z.object({ code: z.string(), message: z.string(), next: z.string(), exitCode: z.number() }) });

const announced = z.object({ url: z.string(), dynamodb: z.string(), dataDir: z.string(), pid: z.number(), readyMs: z.number() });

const WAITS = `slipway: 1
name: slow
target: local/slow
phases:
  - name: only
    components:
      - { name: rest, kind: wait, for: 1h }
`;

const NAMED = `export function named({ id, name }) {
  if (name === '') throw new Error('no name');
  return [{ id, name: name.toLowerCase() }];
}
`;
const TOWNS = `slipway: 1
name: towns
target: local/towns
onFailure: stop
phases:
  - name: only
    components:
      - name: name
        kind: batch
        from: { table: towns }
        to: { table: named }
        transform: { run: ./towns.ts#named }
`;

const TICKS = `import { setTimeout } from 'node:timers/promises';
export const tick = {
  effect: 'idempotent',
  async forward() { await setTimeout(50); return null; },
  async undo() { return null; },
};
`;

describe('the command line against its control plane', () => {
  let place: Workplace;
  let dev: z.output<typeof announced>;
  let slow = '';

  beforeAll(async () => {
    place = await Workplace.open();
    dev = announced.parse(JSON.parse((await place.dev()).stdout));
    await writeFile(join(place.cwd, 'slow.yaml'), WAITS);
  });
  afterAll(() => place.close());

  const startSlow = async (...more: string[]) => {
    const answer = started.parse(json(await place.run('start', 'slow.yaml', '--json', ...more)));
    slow = answer.run.id;
    return answer;
  };

  it('leads a newcomer from a first plan to its rollback', { timeout: 120_000 }, async () => {
    const made = await place.run('init', 'first');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const again = await place.run('init', 'first');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('is there already');

    const valid = await place.run('validate', 'first/plan.yaml', '--json');
    expect(endpoints['validate-plan'].output.parse(json(valid)).valid).toBe(true);
    const plan = await place.run('plan', 'first/plan.yaml');
    expect(plan.stdout).toContain('1. Phase publish');
    expect(plan.stdout).toContain('Everything in this plan can be undone.');

    const dry = await place.run('start', 'first/plan.yaml', '--dry-run', '--json');
    expect(dry.code).toBe(7);
    expect(dryRunReport.parse(json(dry)).changes).toBe(true);

    const run = await place.run('start', 'first/plan.yaml', '--watch');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('succeeded after');
    expect(run.stderr).toMatch(/ running · notices|let-it-settle/);
    const [, id = ''] = /^Run (\w{26})/.exec(run.stdout) ?? [];
    const notice = join(place.cwd, 'first/notices/search.txt');
    expect(await readFile(notice, 'utf8')).toContain(id);

    const status = await place.run('status', id, '--wait', '--json');
    expect(status.code).toBe(0);
    expect(runView.parse(json(status))).toMatchObject({ id, status: 'succeeded', resting: true });
    const logs = await place.run('logs', id, '--json');
    const events = lines(logs).map((line) => timelineEvent.parse(line));
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['runCreated', 'checkpointCreated', 'statusChanged']));
    const list = await place.run('list', '--json');
    expect(endpoints['list-runs'].output.parse(json(list)).runs.map((listed) => listed.id)).toContain(id);

    const back = await place.run('rollback', id, '-m', 'only a test', '--watch', '--json');
    expect(back.code).toBe(0);
    const views = lines(back).map((line) => runView.parse(line));
    expect(views.at(-1)).toMatchObject({ id, status: 'rolled-back', reason: 'only a test' });
    await expect(readFile(notice)).rejects.toThrow('ENOENT');
    expect((await place.run('watch', id)).code).toBe(8);
  });

  it('takes back one component of a run, and says what goes and what stays', { timeout: 90_000 }, async () => {
    await writeFile(join(place.cwd, 'ticks.ts'), TICKS);
    const tick = (name: string) => `      - { name: ${name}, kind: task, run: ./ticks.ts#tick, items: 1 }`;
    const phase = (name: string, after: string) => `  - name: ${name}\n${after}    components:\n${tick(`${name}-tick`)}`;
    const phases = [phase('first', ''), phase('second', '    after: [first]\n'), phase('third', '    after: [second]\n')];
    await writeFile(
      join(place.cwd, 'three.yaml'),
      ['slipway: 1', 'name: three', 'target: local/three', 'phases:', ...phases, ''].join('\n'),
    );
    const run = await place.run('start', 'three.yaml', '--watch', '--json');
    expect(run.code, run.stderr).toBe(0);
    const id = runView.parse(lines(run).at(-1)).id;
    const no = await place.run('rollback', id, '--component', 'nobody', '-m', 'x', '--json');
    expect([no.code, refused.parse(json(no)).error.code]).toEqual([6, 'COMPONENT_NOT_FOUND']);
    const back = await place.run('rollback', id, '--component', 'second-tick', '-m', 'it was wrong');
    expect(back.code, back.stderr).toBe(0);
    expect(back.stdout).toContain('Rolling back. Goes back: second-tick, third-tick. Stays: first-tick.');
    const status = await place.run('status', id, '--wait');
    expect(status.code).toBe(8);
    expect(status.stdout).toContain('Taken back: second-tick, third-tick\nStays: first-tick');
    const list = await place.run('rollbacks', '--component', 'second-tick');
    expect(list.stdout).toMatch(new RegExp(`${id} +three +second-tick +done +person`));
  });

  it('ends with 4 where a component failed and the run was rolled back', { timeout: 60_000 }, async () => {
    const task = `export const bad = { effect: 'idempotent', async forward() { throw new Error('out of \\u001b[31mpaper'); }, async undo() { return null; } };`;
    await writeFile(join(place.cwd, 'bad.ts'), task);
    const plan = WAITS.replace('name: slow', 'name: bad').replace('local/slow', 'local/bad');
    await writeFile(
      join(place.cwd, 'bad.yaml'),
      plan.replace(
        '{ name: rest, kind: wait, for: 1h }',
        '{ name: print, kind: task, run: ./bad.ts#bad, retry: { attempts: 0 } }',
      ),
    );
    const valid = await place.run('validate', 'bad.yaml');
    expect(valid.stdout).toContain('Valid: bad');
    const run = await place.run('start', 'bad.yaml', '--watch');
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('rolled-back after');
    expect(run.stdout).toContain('out of \\u001b[31mpaper');
    expect(`${run.stdout}${run.stderr}`).not.toContain('\u001b');
  });

  it('tells everything that is wrong with a plan by line and column, and starts nothing', async () => {
    const bad = WAITS.replace('kind: wait', 'kind: wiat').replace('name: slow', 'nam: slow');
    await writeFile(join(place.cwd, 'broken.yaml'), bad);
    const told = await place.run('validate', 'broken.yaml');
    expect(told.code).toBe(2);
    expect(told.stdout).toMatch(/^broken\.yaml:2:1 UNKNOWN_KEY .*Did you mean "name"\?/m);
    expect(told.stdout).toMatch(/^broken\.yaml:7:\d+ UNKNOWN_KIND .*Did you mean "wait"\?/m);
    const start = await place.run('start', 'broken.yaml', '--json');
    expect(start.code).toBe(2);
    expect(refused.parse(json(start)).error.code).toBe('PLAN_INVALID');
    expect(start.stderr).toMatch(/^broken\.yaml:2:1 UNKNOWN_KEY /m);
  });

  it('starts one run for one key, and tells who holds a locked target', async () => {
    const first = await startSlow('--idempotency-key', 'one');
    expect(first.created).toBe(true);
    const second = await startSlow('--idempotency-key', 'one');
    expect(second).toMatchObject({ created: false, run: { id: first.run.id } });
    await expect.poll(async () => (await place.run('status', slow, '--json')).stdout, { timeout: 20_000 }).toContain('"running"');
    const locked = await place.run('start', 'slow.yaml', '--json');
    expect(locked.code).toBe(1);
    expect(refused.parse(json(locked)).error).toMatchObject({ code: 'LOCKED', message: expect.stringContaining(slow) });
    expect(locked.stderr).toContain(`slipway watch ${slow}`);
  });

  it('says that the run goes on at the first Ctrl-C, and leaves at the second', async () => {
    const watch = place.start('watch', slow);
    await watch.says('running');
    watch.signal('SIGINT');
    await watch.says(`The run goes on. Watch it again: slipway watch ${slow}`);
    // What comes too soon may be the same one, handed on by npm.
    const ended = watch.ended.then(() => true);
    const pressed = () => Promise.race([ended, Promise.resolve(watch.signal('SIGINT')).then(() => false)]);
    await expect.poll(pressed, { timeout: 10_000, interval: 200 }).toBe(true);
    expect(await watch.ended).toMatchObject({ code: 8, stdout: '' });
    expect(runView.parse(json(await place.run('status', slow, '--json'))).status).toBe('running');
  });

  it('stops waiting in time', async () => {
    const late = await place.run('status', slow, '--wait', '--timeout', '1s');
    expect(late.code).toBe(9);
    expect(late.stderr).toContain(`slipway watch ${slow}`);
  });

  it('takes back what is under way when a person says so', { timeout: 60_000 }, async () => {
    const watch = place.start('watch', slow);
    await watch.says('running');
    expect((await place.run('rollback', slow, '-m', 'enough', '--watch')).code).toBe(0);
    expect((await watch.ended).code).toBe(8);
  });

  it('goes on with a changed plan only where that is accepted, and shows the difference', { timeout: 90_000 }, async () => {
    await writeFile(join(place.cwd, 'ticks.ts'), TICKS);
    const plan = WAITS.replaceAll('slow', 'ticks').replace('kind: wait, for: 1h', 'kind: task, run: ./ticks.ts#tick, items: 100');
    await writeFile(join(place.cwd, 'ticks.yaml'), plan);
    const { run } = started.parse(json(await place.run('start', 'ticks.yaml', '--json')));
    const logs = place.start('logs', run.id, '--follow');
    await logs.says('checkpointCreated');
    expect((await place.run('pause', run.id)).code).toBe(0);
    const paused = await place.run('status', run.id, '--wait', '--json', '--timeout', '30s');
    expect(paused.code).toBe(8);
    expect(runView.parse(json(paused)).status).toBe('paused');
    expect((await logs.ended).code).toBe(0);
    await writeFile(join(place.cwd, 'ticks.yaml'), plan.replace('items: 100', 'items: 100, timeout: 20s'));
    const no = await place.run('resume', run.id, '--plan', 'ticks.yaml');
    expect(no.code).toBe(2);
    expect(no.stderr).toMatch(/~ phases\[only\]\.components\[rest\]\.timeout: \d+ -> 20000/);
    const yes = await place.run('resume', run.id, '--accept-plan-change', 'ticks.yaml', '--watch');
    expect(yes.code, yes.stderr).toBe(0);
    expect(yes.stderr).toContain('-> 20000');
    expect(yes.stdout).toContain('100 of 100 steps');
  });

  it('asks a person, and takes the answer', { timeout: 60_000 }, async () => {
    const asks = WAITS.replaceAll('slow', 'ask').replace('kind: wait, for: 1h', 'kind: approval, prompt: Shall it?');
    await writeFile(join(place.cwd, 'ask.yaml'), asks);
    const watch = place.start('start', 'ask.yaml', '--watch');
    await watch.says('rest asks: Shall it?');
    const [, id = ''] = /slipway approve (\w{26}) rest/.exec(watch.stderr) ?? [];
    const unknown = await place.run('approve', id, 'nobody');
    expect(unknown.stderr).toContain('no approval named nobody');
    expect(unknown.code).toBe(6);
    const approved = await place.run('approve', id, 'rest', '-m', 'looks good', '--json');
    expect(endpoints['decide-approval'].output.parse(json(approved)).decision).toBe('approve');
    expect((await watch.ended).code).toBe(0);
  });

  it('knows that there is no such run, and that a token is wrong', async () => {
    expect((await place.run('status', 'nope')).code).toBe(6);
    const absent = await place.run('rollback', '0'.repeat(26), '-m', 'x', '--json');
    expect(absent.code).toBe(6);
    expect(refused.parse(json(absent)).error.code).toBe('RUN_NOT_FOUND');
    await writeFile(join(place.cwd, 'other-token'), 'x'.repeat(43));
    expect((await place.run('list', '--token-file', 'other-token')).code).toBe(3);
  });

  it('lists what is in quarantine, tries it again, and lets the run go on', { timeout: 60_000 }, async () => {
    const tables = new DataTables(dev);
    await tables.create('towns', 'id');
    await tables.create('named', 'id');
    const towns = Array.from({ length: 30 }, (_, index) => ({ id: `t${index}`, name: index === 7 ? '' : `Town ${index}` }));
    await tables.fill('towns', towns);
    await writeFile(join(place.cwd, 'towns.ts'), NAMED);
    await writeFile(join(place.cwd, 'towns.yaml'), TOWNS);
    const failed = await place.run('start', 'towns.yaml', '--watch', '--json');
    expect(failed.code).toBe(4);
    const { id } = runView.parse(lines(failed).at(-1));
    const page = await place.run('quarantine', 'list', id, '--json');
    const { records } = endpoints['list-quarantine'].output.parse(json(page));
    expect(records).toMatchObject([{ component: 'name', key: { id: 't7' }, error: expect.stringContaining('no name') }]);
    const again = await place.run('quarantine', 'retry', id);
    expect(again.code).toBe(4);
    expect(again.stdout).toContain('0 records out of quarantine.\nname  {"id":"t7"}  ');
    await tables.put('towns', { id: 't7', name: 'Town 7' });
    const mended = await place.run('quarantine', 'retry', id);
    expect(mended).toMatchObject({ code: 0, stdout: '1 record out of quarantine.\n' });
    const done = await place.run('retry', id, '--watch');
    expect(done.code, done.stdout).toBe(0);
    expect(done.stdout).toContain('30 compared, 0 mismatches');
  });

  it('refuses a second control plane on the same data', async () => {
    const second = await place.run('dev', '--port', '0');
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/Next: {2}Stop the other process/);
  });
});

describe('the command line by itself', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await Workplace.open();
  });
  afterAll(() => place.close());

  it.each([['list'], ['status', '0'.repeat(26)], ['watch', '0'.repeat(26)]])(
    'names slipway dev where nothing runs: %s',
    async (...words) => {
      const ended = await place.run(...words);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('slipway dev');
    },
  );

  it('checks a plan here where nothing runs, and says what it could not check', async () => {
    await place.run('init', '.');
    const good = await place.run('validate', 'plan.yaml');
    expect(good.code).toBe(0);
    expect(good.stderr).toContain('tables were not checked');
    await writeFile(
      join(place.cwd, 'typo.yaml'),
      (await readFile(join(place.cwd, 'plan.yaml'), 'utf8')).replace('#notice', '#notise'),
    );
    const bad = await place.run('validate', 'typo.yaml');
    expect(bad.code).toBe(2);
    expect(bad.stdout).toMatch(/^typo\.yaml:14:\d+ UNKNOWN_FUNCTION .*Did you mean ".\/tasks.ts#notice"\?/m);
  });

  it('prints the schema and the versions as one document', async () => {
    expect(json(await place.run('schema'))).toMatchObject({ title: 'Slipway plan' });
    expect(json(await place.run('version', '--json'))).toMatchObject({ node: process.versions.node });
  });
});
