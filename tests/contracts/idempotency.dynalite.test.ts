import { openDynalite } from './dynalite.ts';
import { dynamoStoreOn } from './dynamo-peer.ts';
import { idempotencyContract } from './idempotency-contract.ts';

idempotencyContract('dynalite', async () => dynamoStoreOn(await openDynalite()));
