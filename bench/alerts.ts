import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { ApiClient } from '../cli/api-client.ts';
import { type ControlPlane, startControlPlane } from '../local/control-plane.ts';
import type { RunEvent } from '../shared/ports/events.ts';
import { median, type Row, round } from './row.ts';

const FAILURES = 20;
const GOAL_MS = 5000;
const POLL_MS = 20;
const PATIENCE_MS = 60_000;
const ENVIRONMENT = 'staging';
const TASK = 'export const step = { effect: "idempotent", forward: async () => { throw new Error("it fails"); } };\n';

const planOf = (name: string) => ({
  slipway: 1,
  name,
  target: `${ENVIRONMENT}/${name}`,
  onFailure: 'stop',
  phases: [
    { name: 'only', components: [{ name: 'one', kind: 'task', run: './task.ts#step', items: ['a'], retry: { attempts: 0 } }] },
  ],
});

/** From the moment that a run is written down as failed to the moment that a person has been told, in the embedded control plane: one run after the other. */
export async function alerts({ rounds = FAILURES }: { rounds?: number } = {}): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-alerts-'));
  await writeFile(join(dataDir, 'task.ts'), TASK);
  const plane = await startControlPlane({ dataDir: join(dataDir, 'data'), port: 0, log: () => {} });
  try {
    const client = new ApiClient({ access: { url: plane.url, token: plane.token, here: true }, fetch, start: '' });
    const delays: number[] = [];
    for (let round = 0; round < rounds; round += 1) delays.push(await delayOf(plane, client, dataDir, `failing-${round}`));
    const row = (name: string, value: number): Row => ({ name, value: round(value, 0), unit: 'ms', goal: null, met: null });
    const worst = Math.max(...delays);
    return [
      row('failure to alert, median', median(delays)),
      { ...row('failure to alert, worst', worst), goal: `< ${GOAL_MS} ms`, met: worst < GOAL_MS },
    ];
  } finally {
    await plane.close();
    await rm(dataDir, { recursive: true });
  }
}

async function delayOf(plane: ControlPlane, client: ApiClient, baseDir: string, name: string): Promise<number> {
  const { promise: failed, resolve } = Promise.withResolvers<RunEvent>();
  const forget = plane.events.subscribe((event) => {
    if (event.type === 'statusChanged' && event.item === 'RUN' && event.data['to'] === 'failed') resolve(event);
  });
  await client.call('start-run', { plan: { text: JSON.stringify(planOf(name)), file: 'plan.json' }, baseDir });
  const { at, runId } = await failed;
  forget();
  for (const until = systemClock.now() + PATIENCE_MS; systemClock.now() < until; await systemClock.sleep(POLL_MS)) {
    const page = await client.call('list-alerts', { environment: ENVIRONMENT, limit: 1 });
    const [alert] = page.alerts;
    if (alert?.subject === `run/${runId}` && alert.toldAt !== undefined) return alert.toldAt - at;
  }
  throw new Error(`Nobody was told of ${runId} within ${PATIENCE_MS} ms.`);
}
