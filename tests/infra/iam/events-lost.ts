import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { runKey } from '../../../shared/run/keys.ts';
import { dynamo } from './plane-dynamo.ts';
import type { RecordedPlane } from './recorded-plane.ts';

/** After a run was put back to an earlier state, so many of its events may be later than that. */
const LATER = 5;

/** As if neither the last event of a run, as its item is now, nor any that came after it had ever been put. */
export async function eventsLost(plane: Pick<RecordedPlane, 'dynamodb' | 'tables'>, runId: string): Promise<void> {
  const client = dynamo(plane);
  const [TableName = ''] = plane.tables;
  const { pk, sk } = runKey(runId);
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } }));
  const last = Number(Item?.['lastEvent']?.M?.['rev']?.N);
  for (let rev = last; rev < last + LATER; rev += 1) {
    const event = `EVENT#${sk}#${String(rev).padStart(9, '0')}`;
    await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: event } } }));
  }
  client.destroy();
}
