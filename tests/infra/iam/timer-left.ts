import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { scheduleKey } from '../../../shared/run/keys.ts';
import type { Plane } from '../../scenarios/plane.ts';
import { dynamo } from './plane-dynamo.ts';

/** As if who changed the schedule had died before he made its timer. */
export async function timerLeft(plane: Plane, name: string): Promise<void> {
  const client = dynamo(plane);
  const { pk, sk } = scheduleKey('local', name);
  await client.send(
    new UpdateItemCommand({
      ...{ TableName: plane.tables[0] ?? '', Key: { pk: { S: pk }, sk: { S: sk } } },
      UpdateExpression: 'SET #open = :open, openSort = :sort',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':open': { S: 'schedule' }, ':sort': { S: `local#${name}` } },
    }),
  );
  client.destroy();
  await plane.invoke('reconcile', {});
}
