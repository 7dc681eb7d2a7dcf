import { openDynalite } from './dynalite.ts';
import { dynamoStoreOn } from './dynamo-peer.ts';
import { storeContract } from './store-contract.ts';

storeContract('dynalite', async () => dynamoStoreOn(await openDynalite()));
