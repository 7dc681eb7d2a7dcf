import { openDynalite } from './dynalite.ts';
import { dynamoStoreOn } from './dynamo-peer.ts';
import { protocolContract } from './protocol-contract.ts';

protocolContract('dynalite', async () => dynamoStoreOn(await openDynalite()));
