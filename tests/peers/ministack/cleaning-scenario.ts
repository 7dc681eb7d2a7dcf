import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { runKey } from '../../../shared/run/keys.ts';
import { batch, plan, prepared } from '../../infra/iam/recorded-plans.ts';
import type { Bed } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

const DAY_MS = 24 * 3_600_000;

/** As if it had been so long ago: nobody puts the clocks of the peer forward. */
async function longAgo({ clients: { dynamo }, tables }: PeerPlane, runId: string, ...times: readonly string[]): Promise<void> {
  const { pk, sk } = runKey(runId);
  await dynamo.send(
    new UpdateItemCommand({
      ...{ TableName: tables[0], Key: { pk: { S: pk }, sk: { S: sk } } },
      UpdateExpression: `SET ${times.map((time) => `${time} = :then`).join(', ')}`,
      ExpressionAttributeValues: { ':then': { N: String(Date.now() - 31 * DAY_MS) } },
    }),
  );
}

/** Comes first: its run is the oldest, and those that come after it are not looked at. */
export function cleaningScenario(bed: Bed, deployed: () => PeerPlane): void {
  it('lets a run go when its time is over, and removes it with its artefacts by a later cleaning', async () => {
    await bed.start();
    const plane = deployed();
    await prepared(plane);
    const runId = await plane.startRun(plan('old', [batch(bed.code)]), { idempotencyKey: 'old' });
    expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded' });
    const artefacts = async () => {
      const Bucket = plane.graph.resources.find(({ type }) => type === 'aws:s3/bucket:Bucket')?.inputs['bucket'] as string;
      return (await plane.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `runs/${runId}/` }))).KeyCount ?? 0;
    };
    expect(await artefacts()).toBeGreaterThan(0);
    await longAgo(plane, runId, 'createdAt', 'updatedAt', 'endedAt');
    expect(await plane.invoke('clean-up', {})).toMatchObject({ expired: [runId], removed: [] });
    expect((await plane.send('get-run', { runId })).status).toBe(404);
    await longAgo(plane, runId, 'expiredAt');
    expect(await plane.invoke('clean-up', {})).toMatchObject({ expired: [], removed: [runId], complete: true });
    expect(await artefacts()).toBe(0);
  });
}
