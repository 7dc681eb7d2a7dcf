import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startControlPlane } from '../../local/control-plane.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import { plantedSecrets } from '../unit/shared/redaction/planted-secrets.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

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

it('lets none of fifty secrets out, whether they were given, answered or thrown, and harms no data', async () => {
  const planted = plantedSecrets();
  const texts = planted.map(({ text }) => text);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-planted-'));
  await mkdir(join(folder, 'plan'));
  await writeFile(join(folder, 'plan', 'tasks.ts'), TASKS);
  await writeFile(join(folder, 'plan', 'planted.json'), JSON.stringify(texts));
  const heard: string[] = [];
  const logFile = join(folder, 'slipway.log');
  const dataDir = join(folder, 'data');
  const log = (line: string) => void heard.push(`log: ${line}`);
  const receiver = await WebhookReceiver.start();
  const plane = await startControlPlane({ dataDir, port: 0, log, logFile, logLevel: 'debug', webhooksToLocalhost: true });
  onTestFinished(async () => {
    await plane.close();
    await rm(folder, { recursive: true });
  });
  plane.events.subscribe((event) => heard.push(`event: ${JSON.stringify(event)}`));
  const headers = { authorization: `Bearer ${plane.token}`, 'content-type': 'application/json' };
  const ask = async (path: string, body?: string): Promise<string> => {
    const answer = await fetch(`${plane.url}${path}`, { headers, ...(body === undefined ? {} : { method: 'POST', body }) });
    const text = await answer.text();
    heard.push(`${path}: ${text}`);
    return text;
  };
  const over = new AbortController();
  const stream = await fetch(`${plane.url}/v1/events`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: over.signal,
  });
  const streamed = (async () => {
    for await (const chunk of stream.body ?? []) heard.push(`stream: ${Buffer.from(chunk)}`);
  })().catch(() => undefined);

  const hook = { url: receiver.url(), subscriber: 'tests', environment: 'test' };
  const { secret } = JSON.parse(await ask('/v1/webhooks', JSON.stringify(hook)));
  // It is told this once.
  heard.pop();

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
  over.abort();
  await streamed;
  await plane.close();
  heard.push(await readFile(logFile, 'utf8'), await readFile(join(dataDir, 'audit.log'), 'utf8'));

  heard.push(...receiver.received.map(({ body }) => `webhook: ${body}`));

  const told = heard.join('\n');
  const leaks = [
    ...planted,
    { what: 'secret of a webhook', secret },
    { what: 'password by its name', secret: 'a password that no rule knows' },
  ].flatMap(({ what, secret }) =>
    [secret, JSON.stringify(secret).slice(1, -1)].some((form) => told.includes(form)) ? [what] : [],
  );
  expect(leaks).toEqual([]);
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
  expect((await stat(join(dataDir, 'audit.log'))).mode & 0o777).toBe(0o600);
  // The steps themselves were given everything.
  const ledger = await readFile(join(folder, 'plan', 'ledger.txt'), 'utf8');
  expect(ledger.trim().split('\n')).toEqual(['input whole', 'output whole', 'undo whole a password that no rule knows']);
}, 60_000);
