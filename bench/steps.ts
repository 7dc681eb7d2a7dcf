import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../adapters/aws/clients.ts';
import { type ControlPlane, startControlPlane } from '../local/control-plane.ts';
import { runView } from '../shared/api/run-view.ts';
import { median, type Row, round } from './row.ts';

const STEPS = 1000;
const TASKS = `export const step = { effect: 'idempotent', forward: ({ step }) => ({ step }), undo: () => null };\n`;

/**
 * 1,000 user-function steps of one component, through the API, the engine and its persistence, with every event in
 * the timeline, against the 2,000 bare conditional writes that they come down to, in turns on the same store.
 */
export async function steps({ rounds = 3 }: { rounds?: number } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  await writeFile(join(folder, 'tasks.ts'), TASKS);
  const plane = await startControlPlane({
    dataDir: join(folder, 'data'),
    port: 0,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const client = dynamoClient({
    endpoint: plane.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const table = plane.wiring.tables[0]?.name ?? '';
  try {
    const ours: number[] = [];
    const bare: number[] = [];
    // Once for nothing: modules are loaded and the compiler has seen both.
    await run(plane, folder, -1);
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await bareWrites(client, table, round));
      ours.push(await run(plane, folder, round));
    }
    const ratio = median(ours.map((seconds, round) => seconds / (bare[round] ?? Number.NaN)));
    return [
      { name: `${2 * STEPS} bare conditional writes`, value: round(median(bare), 3), unit: 's', goal: null, met: null },
      { name: `${STEPS} user-function steps`, value: round(median(ours), 3), unit: 's', goal: null, met: null },
      { name: 'steps against bare writes', value: round(ratio, 3), unit: 'ratio', goal: '<= 1.5', met: ratio <= 1.5 },
    ];
  } finally {
    client.destroy();
    await plane.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds from the request that starts the run to its end, as the run tells it. */
async function run(plane: ControlPlane, baseDir: string, round: number): Promise<number> {
  const plan = {
    slipway: 1,
    name: `steps-${round + 1}`,
    target: `bench/steps-${round + 1}`,
    phases: [{ name: 'all', components: [{ name: 'steps', kind: 'task', run: './tasks.ts#step', items: STEPS }] }],
  };
  const began = Date.now();
  const { run: started } = (await call(plane, 'POST', '/v1/runs', {
    plan: { text: JSON.stringify(plan), file: 'plan.json' },
    baseDir,
  })) as { run: { id: string } };
  for (;;) {
    const view = runView.parse(await call(plane, 'GET', `/v1/runs/${started.id}`));
    if (view.status === 'succeeded') return ((view.endedAt ?? Number.NaN) - began) / 1000;
    if (view.endedAt !== undefined && view.endedAt !== null) throw new Error(`The run ended as ${view.status}: ${view.reason}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function call(plane: ControlPlane, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${plane.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${plane.token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Each write is conditional on the one before, as a loop that keeps its cursor by hand would do it. */
async function bareWrites(client: DynamoDBClient, table: string, round: number): Promise<number> {
  const began = performance.now();
  for (let rev = 0; rev < 2 * STEPS; rev += 1) {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: `BENCH#${round}` }, sk: { S: 'BENCH' } },
        UpdateExpression: 'SET rev = :next, done = :next, note = :note',
        ConditionExpression: rev === 0 ? 'attribute_not_exists(rev)' : 'rev = :rev',
        ExpressionAttributeValues: {
          ':next': { N: String(rev + 1) },
          ':note': { S: `step ${rev}` },
          ...(rev === 0 ? {} : { ':rev': { N: String(rev) } }),
        },
      }),
    );
  }
  return (performance.now() - began) / 1000;
}
