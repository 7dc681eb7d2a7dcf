import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { controlTable } from '../../adapters/aws/control-table.ts';
import { DynamoStore } from '../../adapters/aws/dynamo-store.ts';
import { DynamoTables } from '../../adapters/aws/dynamo-tables.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import type { StoreUnderTest } from './store-contract.ts';
import type { TablesUnderTest } from './tables-contract.ts';

/** Something that speaks DynamoDB's protocol and is empty at first. */
export interface DynamoPeer {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

export const dynamoStoreOn = async (peer: DynamoPeer): Promise<StoreUnderTest> => {
  await createTable(peer.client, controlTable('control'));
  return { store: new DynamoStore({ client: peer.client, table: 'control', clock: systemClock }), close: () => peer.close() };
};

export const dynamoTablesOn = async (peer: DynamoPeer): Promise<TablesUnderTest> => ({
  tables: new DynamoTables({ client: peer.client, clock: systemClock, ids: systemIds() }),
  create: (table, keys) =>
    createTable(peer.client, {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
      KeySchema: keys.map((key, at) => ({ AttributeName: key.name, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    }),
  close: () => peer.close(),
});

const createTable = async (client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> => {
  await client.send(new CreateTableCommand(table));
  await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 0.2, maxWaitTime: 10 }, { TableName: table.TableName });
};
