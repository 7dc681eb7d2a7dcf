import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { FunctionRequest } from '../../../local/permissions.ts';
import { embeddedBed } from '../../scenarios/embedded-bed.ts';
import { Plane } from '../../scenarios/plane.ts';
import { BATCHES } from './batch-scenarios.ts';
import { eventsLost } from './events-lost.ts';
import { dynamo } from './plane-dynamo.ts';
import { batch, plan, prepared, task } from './recorded-plans.ts';
import { ROLLOUTS, TRIPPED } from './rollout-scenarios.ts';
import { SECRETS } from './secret-scenarios.ts';
import { STEPS } from './step-scenarios.ts';
import { TOLD } from './told-scenarios.ts';

type Scenario = (plane: Plane) => Promise<void>;

const { code } = embeddedBed;

/** A run whose execution is over, and which does not know it. */
const lost =
  (onFailure: 'rollback' | 'stop'): Scenario =>
  async (plane) => {
    const client = dynamo(plane);
    const [TableName = ''] = plane.tables;
    const runId = await plane.startRun(plan('lost', [task(code, { input: { holdAt: 'b' } as never })], { onFailure }));
    await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
    const Key = { pk: { S: `RUN#${runId}` }, sk: { S: 'RUN' } };
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    await plane.put('go');
    await plane.ended(runId);
    // As if neither the end of the run nor its last events had ever been written: its execution is over, and it is not.
    await client.send(new PutItemCommand({ TableName, Item: Item ?? {} }));
    await eventsLost(plane, runId);
    await plane.call('get-timeline', { runId });
    await plane.restart();
    await plane.ended(runId);
    client.destroy();
  };

/** What takes the clock or the process of the embedded control plane, or time-outs that a Lambda function has not. */
const EMBEDDED: { readonly [name: string]: Scenario } = {
  'a run that is kept, and is removed when its time is over': async (plane) => {
    await prepared(plane);
    const runId = await plane.startRun(plan('old', [batch(code)]), { idempotencyKey: 'old' });
    await plane.ended(runId);
    await plane.call('keep-run', { runId, until: 0 });
    // Longer than it is kept; then longer than anybody can still be at work on it.
    for (const days of [31, 1]) {
      plane.forward(days * 24 * 3_600_000);
      await plane.invoke('clean-up', {});
    }
    if ((await plane.send('get-run', { runId })).status !== 404) throw new Error('The run is still there.');
  },
  'a failure that is taken back by itself': async (plane) => {
    await plane.put('broken');
    const failing = task(code, { input: { failAt: 'b' } as never });
    await plane.ended(await plane.startRun(plan('back', [failing], { onFailure: 'rollback' })));
  },
  'a rollback of what is under way': async (plane) => {
    const runId = await plane.startRun(plan('seized', [task(code, { input: { holdAt: 'b' } as never, timeout: '1s' })]));
    await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
    await plane.call('rollback-run', { runId, reason: 'not now' });
    await plane.ended(runId);
  },
  'a run that waits for another': async (plane) => {
    const first = await plane.startRun(plan('locked', [task(code, { input: { holdAt: 'a' } as never })]));
    await plane.until(first, ({ status }) => status === 'running');
    const second = await plane.startRun(plan('locked', [task(code, { name: 'two' })]), { queue: true });
    await plane.until(second, ({ waitingFor }) => waitingFor !== undefined);
    await plane.put('go');
    await plane.ended(second);
  },
  'a run that is lost and taken back': lost('rollback'),
  'a run that is lost and stops': lost('stop'),
  'approvals that expire and are refused, and a wait': async (plane) => {
    const silence = { name: 'silence', kind: 'approval', prompt: 'May we?', expires: '300ms', onExpiry: 'approve' } as const;
    const settle = { name: 'settle', kind: 'wait', for: '100ms' } as const;
    await plane.ended(await plane.startRun(plan('asked', [silence, settle])));
    const rejected = await plane.startRun(plan('rejected', [{ name: 'ask', kind: 'approval', prompt: 'May we?' }]));
    await plane.until(rejected, ({ status }) => status === 'awaiting-approval');
    await plane.call('decide-approval', { runId: rejected, component: 'ask', decision: 'reject' });
    await plane.ended(rejected);
  },
};

/** Runs every scenario on a control plane of its own, and answers what the functions asked of AWS, each question once. */
export async function recordEmbedded(): Promise<readonly FunctionRequest[]> {
  const asked = new Map<string, FunctionRequest>();
  const onRequest = (request: FunctionRequest) => void asked.set(JSON.stringify(request), request);
  const record = async (scenario: (plane: Plane, as: typeof code) => Promise<void>) => {
    const tidying: (() => Promise<void>)[] = [];
    try {
      await scenario(await Plane.start({ onRequest, onEnd: (tidy) => tidying.push(tidy) }), code);
    } finally {
      for (const tidy of tidying) await tidy();
    }
  };
  const rollouts = Promise.all(Object.values({ ...ROLLOUTS, ...TRIPPED }).map(record));
  // Awaited below, when the others have been.
  rollouts.catch(() => undefined);
  for (const scenario of Object.values({ ...BATCHES, ...STEPS, ...TOLD, ...EMBEDDED, ...SECRETS })) await record(scenario);
  await rollouts;
  return [...asked.values()];
}
