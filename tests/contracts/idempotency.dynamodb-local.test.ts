import { dynamoStoreOn } from './dynamo-peer.ts';
import { installDynamodbLocal, openDynamodbLocal } from './dynamodb-local.ts';
import { idempotencyContract } from './idempotency-contract.ts';
import { withPeer } from './peer.ts';

withPeer('DynamoDB Local', await installDynamodbLocal(), () => {
  idempotencyContract('DynamoDB Local', async () => dynamoStoreOn(await openDynamodbLocal()));
});
