import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../adapters/aws/clients.ts';
import { controlTable } from '../adapters/aws/control-table.ts';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import { DynamoTables } from '../adapters/aws/dynamo-tables.ts';
import { createTable } from '../adapters/embedded/dynalite/create-table.ts';
import { startDynalite } from '../adapters/embedded/dynalite/start-dynalite.ts';
import { FileArtefacts } from '../adapters/embedded/file-artefacts.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import { cityTables } from '../examples/cities/city.ts';
import type { BatchDeps } from '../shared/batch/batch-job.ts';

/** An embedded store on disk with everything that a batch needs, in a directory that goes when it is closed. */
export interface BatchBed {
  readonly client: DynamoDBClient;
  readonly deps: BatchDeps;
  createTable(name: string, like: keyof typeof cityTables): Promise<void>;
  close(): Promise<void>;
}

/** Bulk requests side by side of one segment, in the migration and in the loop that it is compared with. */
export const IN_FLIGHT = 4;

export async function openBed(): Promise<BatchBed> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const store = await startDynalite({ dataDir: join(directory, 'store') });
  const client = dynamoClient({
    endpoint: store.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  await createTable(client, controlTable('control'));
  const ids = systemIds();
  return {
    client,
    deps: {
      store: new DynamoStore({ client, table: 'control', clock: systemClock }),
      tables: new DynamoTables({ client, clock: systemClock, ids, inFlight: IN_FLIGHT }),
      artefacts: new FileArtefacts(join(directory, 'artefacts')),
      events: { publish: async () => undefined },
      clock: systemClock,
      ids,
    },
    async createTable(name, like) {
      const keys = Object.entries(cityTables[like].keys);
      await createTable(client, {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
        KeySchema: keys.map(([AttributeName], at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      });
    },
    async close() {
      client.destroy();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}
