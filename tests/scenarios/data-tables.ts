import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../adapters/aws/clients.ts';
import { DynamoTables } from '../../adapters/aws/dynamo-tables.ts';
import { createTable } from '../../adapters/embedded/dynalite/create-table.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import type { DataRecord } from '../../shared/ports/tables.ts';
import type { Plane } from './plane.ts';

const ANY = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The tables of a scenario, reached past Slipway as an application would. */
export class DataTables {
  readonly #client: ReturnType<typeof dynamoClient>;
  readonly #tables: DynamoTables;

  constructor(plane: Pick<Plane, 'dynamodb'>) {
    this.#client = dynamoClient({ endpoint: plane.dynamodb, region: 'us-east-1', credentials: ANY });
    this.#tables = new DynamoTables({ client: this.#client, clock: systemClock, ids: systemIds() });
  }

  async create(name: string, partition: string, sort?: string): Promise<void> {
    const keys = [partition, ...(sort === undefined ? [] : [sort])];
    await createTable(this.#client, {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
      KeySchema: keys.map((key, index) => ({ AttributeName: key, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    });
  }

  async fill(table: string, records: readonly DataRecord[]): Promise<void> {
    await this.#tables.write(table, { put: records, deadline: Date.now() + 60_000 });
  }

  /** One write of the application itself. */
  async put(table: string, item: { readonly [name: string]: string }): Promise<void> {
    const attributes = Object.entries(item).map(([name, value]) => [name, { S: value }] as const);
    await this.#client.send(new PutItemCommand({ TableName: table, Item: Object.fromEntries(attributes) }));
  }

  /** Everything in a table, in a fixed order. */
  async all(table: string): Promise<string[]> {
    const records: DataRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#tables.scan(table, {
        segment: 0,
        segments: 1,
        limit: 1000,
        consistent: true,
        ...(cursor === undefined ? {} : { cursor }),
      });
      records.push(...page.records);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return records.map((record) => JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
  }
}

/** Flat places, as an old service would hold them. */
export const places = (count: number): DataRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `p${String(index).padStart(5, '0')}`,
    country: ['NZ', 'IS', 'PE'][index % 3] ?? 'NZ',
    name: `Place ${index}`,
  }));
