import { dynamoTablesOn } from './dynamo-peer.ts';
import { installDynamodbLocal, openDynamodbLocal } from './dynamodb-local.ts';
import { withPeer } from './peer.ts';
import { tablesContract } from './tables-contract.ts';

withPeer('DynamoDB Local', await installDynamodbLocal(), () => {
  tablesContract('DynamoDB Local', async () => dynamoTablesOn(await openDynamodbLocal()));
});
