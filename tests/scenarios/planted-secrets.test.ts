import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunView } from '../../shared/api/run-view.ts';
import { plantedSecrets } from '../unit/shared/redaction/planted-secrets.ts';
import { HeardPlane, leaksOf } from './heard-plane.ts';

const TASKS = `
import { appendFileSync, readFileSync } from 'node:fs';
const planted = JSON.parse(readFileSync(new URL('./planted.json', import.meta.url), 'utf8'));
const note = (line) => appendFileSync(new URL('./ledger.txt', import.meta.url), line + '\\n');
const same = (list) => JSON.stringify(list) === JSON.stringify(planted) ? 'whole' : 'harmed';
export const mint = {
  effect: 'idempotent',
  forward: ({ input }) => {
    for (const text of planted) { console.log(text); console.error(JSON.stringify({ text })); }
    note('input ' + same(input.list));
    return { list: planted, password: input.password };
  },
  undo: ({ output }) => note('undo ' + same(output.list) + ' ' + output.password),
};
export const use = { effect: 'idempotent', forward: ({ outputs }) => note('output ' + same(outputs.mint.list)), undo: () => {} };
export const fail = {
  effect: 'idempotent',
  forward: ({ input }) => {
    const texts = planted.filter((_, at) => at % 10 === input.part);
    throw new Error(texts.join('\\n'), { cause: new Error(JSON.stringify(texts)) });
  },
  undo: () => {},
};
`;

const task = (name: string, run: string, input: object = {}) => ({
  ...{ name, kind: 'task', run: `./tasks.ts#${run}`, input, retry: { attempts: 0 } },
});

const planOf = (list: readonly string[]) => ({
  slipway: 1,
  name: 'planted',
  target: 'test/planted',
  onFailure: 'rollback',
  phases: [
    { name: 'mint', components: [task('mint', 'mint', { list, password: 'a password that no rule knows' })] },
    { name: 'use', after: ['mint'], components: [task('use', 'use')] },
    { name: 'fail', after: ['use'], components: Array.from({ length: 10 }, (_, part) => task(`fail-${part}`, 'fail', { part })) },
  ],
});

/** What is read by people; the store keeps what the steps are to be given. */
const LOGS = ['slipway.log', 'audit.log'];

it('lets none of fifty secrets out, whether they were given, answered or thrown, and harms no data', async () => {
  const planted = plantedSecrets();
  const texts = planted.map(({ text }) => text);
  const plane = await HeardPlane.start();
  const { folder, dataDir, receiver } = plane;
  await mkdir(join(folder, 'plan'));
  await writeFile(join(folder, 'plan', 'tasks.ts'), TASKS);
  await writeFile(join(folder, 'plan', 'planted.json'), JSON.stringify(texts));
  const ask = async (path: string, body?: string) => (await plane.ask(path, { body })).body;

  const { secret } = await plane.call('add-webhook', { url: receiver.url(), subscriber: 'tests', environment: 'test' });
  plane.toldOnce();

  const plan = { text: JSON.stringify(planOf(texts)), file: 'plan.json' };
  const started = JSON.parse(await ask('/v1/runs', JSON.stringify({ plan, baseDir: join(folder, 'plan') })));
  const path = `/v1/runs/${started.run.id}`;
  for (let run: RunView | undefined; !run?.resting; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    run = JSON.parse(await ask(path)) as RunView;
  }
  await ask('/v1/runs');
  await ask(`${path}/timeline?limit=1000`);
  await ask('/metrics');
  for (const text of texts) {
    await ask(`${path}/rollback`, JSON.stringify({ reason: text }));
    await ask('/v1/plans/validate', `{"plan": ${text}`);
    await ask(
      '/v1/plans/validate',
      JSON.stringify({ plan: { text: `slipway: 1\nname: ${JSON.stringify(text)}` }, [text]: text }),
    );
  }
  while (!receiver.told().some(({ type }) => type === 'alert.raised' || type === 'run.rolledBack')) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const audit = (await stat(join(dataDir, 'audit.log'))).mode & 0o777;
  // The steps themselves were given everything.
  const ledger = await readFile(join(folder, 'plan', 'ledger.txt'), 'utf8');
  const told = await plane.everything((name) => LOGS.includes(name));
  const known = [
    ...planted,
    { what: 'secret of a webhook', secret },
    { what: 'password by its name', secret: 'a password that no rule knows' },
  ];
  expect(known.flatMap(({ what, secret }) => (leaksOf(told, [secret]).length > 0 ? [what] : []))).toEqual([]);
  // What was looked through is there: otherwise nothing would be proven.
  for (const part of [
    'log: ',
    'event: ',
    'webhook: ',
    'stream: ',
    '"componentFailed"',
    '"outputs":',
    'slipway_runs',
    '"log":"audit"',
    '"DEBUG"',
  ]) {
    expect(told).toContain(part);
  }
  expect(told.match(/\[redacted\]/g)?.length).toBeGreaterThan(500);
  expect(audit).toBe(0o600);
  expect(ledger.trim().split('\n')).toEqual(['input whole', 'output whole', 'undo whole a password that no rule knows']);
}, 60_000);
