import { dynamoStoreOn } from './dynamo-peer.ts';
import { installDynamodbLocal, openDynamodbLocal } from './dynamodb-local.ts';
import { withPeer } from './peer.ts';
import { protocolContract } from './protocol-contract.ts';

withPeer('DynamoDB Local', await installDynamodbLocal(), () => {
  protocolContract('DynamoDB Local', async () => dynamoStoreOn(await openDynamodbLocal()));
});
