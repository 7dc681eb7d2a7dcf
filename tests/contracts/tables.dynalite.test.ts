import { openDynalite } from './dynalite.ts';
import { dynamoTablesOn } from './dynamo-peer.ts';
import { tablesContract } from './tables-contract.ts';

tablesContract('dynalite', async () => dynamoTablesOn(await openDynalite()));
