import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { scheduleKey } from '../../../shared/run/keys.ts';
import { dynamo } from './plane-dynamo.ts';
import type { RecordedPlane } from './recorded-plane.ts';

/** As if who changed the schedule had died before he made its timer. */
export async function timerLeft(plane: RecordedPlane, environment: string, name: string): Promise<void> {
  const client = dynamo(plane);
  const { pk, sk } = scheduleKey(environment, name);
  await client.send(
    new UpdateItemCommand({
      ...{ TableName: plane.tables[0] ?? '', Key: { pk: { S: pk }, sk: { S: sk } } },
      UpdateExpression: 'SET #open = :open, openSort = :sort',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':open': { S: 'schedule' }, ':sort': { S: `${environment}#${name}` } },
    }),
  );
  client.destroy();
  await plane.invoke('reconcile', {});
}
