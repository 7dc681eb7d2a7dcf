import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient } from '../cli/api-client.ts';
import type { ControlPlane } from '../local/control-plane.ts';
import { eventStreams } from '../shared/api/event-stream.ts';
import { timelineEvent } from '../shared/api/timeline.ts';
import { type Row, round } from './row.ts';

const GOAL_MS = 250;
const STEPS = 50;
/** Of each step, ms: so that steps do not queue for one another. */
const STEP_MS = 20;
const TASK = `export const step = {
  effect: 'idempotent',
  forward: async () => { await new Promise((done) => setTimeout(done, ${STEP_MS})); },
};
`;

const PLAN = {
  slipway: 1,
  name: 'live',
  target: 'bench/live',
  phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './task.ts#step', items: STEPS }] }],
};

/** From the moment that a change is stamped, which is before it is written, to its arrival at a reader of the run's stream. */
export async function liveChanges(plane: ControlPlane, folder: string, runs: number): Promise<Row[]> {
  await writeFile(join(folder, 'task.ts'), TASK);
  const client = new ApiClient({ access: { url: plane.url, token: plane.token, here: true }, fetch, start: '' });
  const delays: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const plan = { text: JSON.stringify(PLAN), file: 'plan.json' };
    const answer = await client.call('start-run', { plan, baseDir: folder });
    if (answer.dryRun) throw new TypeError('A run was asked for.');
    delays.push(...(await delaysOf(plane, answer.run.id)));
  }
  const sorted = delays.sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  const row = (name: string, value: number): Row => ({ name, value: round(value, 0), unit: 'ms', goal: null, met: null });
  return [
    row(`a change at a reader of the stream, p50 of ${sorted.length}`, at(0.5)),
    { ...row('a change at a reader of the stream, p99', at(0.99)), goal: `<= ${GOAL_MS}`, met: at(0.99) <= GOAL_MS },
  ];
}

/** ms, of every event that happened while the stream was open. */
async function delaysOf({ url, token }: ControlPlane, runId: string): Promise<number[]> {
  const opened = Date.now();
  const path = eventStreams.run.replace('{runId}', runId);
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const response = await fetch(`${url}${path}`, { headers });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new Error(`${path} is no stream.`);
  const delays: number[] = [];
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const now = Date.now();
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^id: .*\ndata: (.*)$/.exec(block)?.[1];
      if (data === undefined) continue;
      const { at } = timelineEvent.parse(JSON.parse(data));
      if (at >= opened) delays.push(now - at);
    }
  }
  return delays;
}
