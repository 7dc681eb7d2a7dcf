import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../adapters/aws/clients.ts';
import { DynamoTables } from '../../adapters/aws/dynamo-tables.ts';
import { createTable } from '../../adapters/embedded/dynalite/create-table.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { cityTables } from '../../examples/cities/city.ts';
import { loadCities } from '../../examples/cities/load.ts';
import type { Clock } from '../../shared/ports/clock.ts';

export interface LoadOldCities {
  /** Of the embedded store. */
  readonly endpoint: string;
  /** All of them where absent. */
  readonly limit: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (loaded: number, total: number) => void;
}

/** Time for all of the cities, ms: some ten times what it takes. */
const DEADLINE = 300_000;

/** Makes both tables and fills the old one as the old service would have. */
export async function loadOldCities({ endpoint, limit, clock, signal, onProgress }: LoadOldCities): Promise<number> {
  const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
  const client = dynamoClient({ endpoint, region: 'us-east-1', credentials });
  try {
    for (const [name, { keys }] of Object.entries(cityTables)) await createTable(client, tableOf(name, keys));
    return await loadCities(new DynamoTables({ client, clock, ids: systemIds() }), {
      table: 'cities',
      ...(limit === undefined ? {} : { limit }),
      deadline: clock.now() + DEADLINE,
      onProgress(loaded, total) {
        signal.throwIfAborted();
        onProgress(loaded, total);
      },
    });
  } finally {
    client.destroy();
  }
}

function tableOf(name: string, keys: Readonly<Record<string, 'S' | 'N'>>): CreateTableCommandInput {
  const attributes = Object.entries(keys);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: attributes.map(([AttributeName], at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
  };
}
