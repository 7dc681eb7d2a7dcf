import { dynamoStoreOn } from './dynamo-peer.ts';
import { installDynamodbLocal, openDynamodbLocal } from './dynamodb-local.ts';
import { withPeer } from './peer.ts';
import { storeContract } from './store-contract.ts';

withPeer('DynamoDB Local', await installDynamodbLocal(), () => {
  storeContract('DynamoDB Local', async () => dynamoStoreOn(await openDynamodbLocal()));
});
