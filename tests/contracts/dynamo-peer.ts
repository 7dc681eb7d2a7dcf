import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { controlTable } from '../../adapters/aws/control-table.ts';
import { DynamoStore } from '../../adapters/aws/dynamo-store.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import type { StoreUnderTest } from './store-contract.ts';

/** Something that speaks DynamoDB's protocol and is empty at first. */
export interface DynamoPeer {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

export const dynamoStoreOn = async (peer: DynamoPeer): Promise<StoreUnderTest> => {
  await peer.client.send(new CreateTableCommand(controlTable('control')));
  await waitUntilTableExists({ client: peer.client, minDelay: 0.05, maxDelay: 0.2, maxWaitTime: 10 }, { TableName: 'control' });
  return { store: new DynamoStore({ client: peer.client, table: 'control', clock: systemClock }), close: () => peer.close() };
};
