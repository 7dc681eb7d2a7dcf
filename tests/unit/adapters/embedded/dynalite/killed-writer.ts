import { dynamoClient } from '../../../../../adapters/aws/clients.ts';
import { controlTable } from '../../../../../adapters/aws/control-table.ts';
import { DynamoStore } from '../../../../../adapters/aws/dynamo-store.ts';
import { createTable } from '../../../../../adapters/embedded/dynalite/create-table.ts';
import { startDynalite } from '../../../../../adapters/embedded/dynalite/start-dynalite.ts';
import { systemClock } from '../../../../../adapters/embedded/system-clock.ts';

/**
 * Writes items until it is killed, and prints `<lane> <rev>` after each acknowledgement: the same few items over and over,
 * moving through the index, so that a kill falls between an index entry and its item often.
 */
const [dataDir = ''] = process.argv.slice(2);
const { endpoint } = await startDynalite({ dataDir });
const client = dynamoClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
await createTable(client, controlTable('control'));
const store = new DynamoStore({ client, table: 'control', clock: systemClock });

const write = async (lane: number): Promise<void> => {
  const key = { pk: `LANE#${lane}`, sk: 'ITEM' };
  for (let rev = Number((await store.read(key))?.['rev'] ?? 0) + 1; ; rev++) {
    const place = rev % 3 === 0 ? { remove: ['open', 'openSort'] } : { set: { open: 'lane', openSort: `${rev}` } };
    await store.write({ name: 'test.step', key, ...place, add: { rev: 1 }, when: [] });
    process.stdout.write(`${lane} ${rev}\n`);
  }
};
await Promise.all([0, 1, 2, 3].map(write));
