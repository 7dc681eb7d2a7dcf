import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  ResourceNotFoundException,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StoreThrottledError } from '../../shared/errors/store-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { BulkResult, DataRecord, Provenance, ScanPage, TableShape, Tables } from '../../shared/ports/tables.ts';
import { type Attributes, toAttributes, toRecord } from './attribute-values.ts';
import { type BulkWriteOptions, bulkWrite } from './bulk-write.ts';
import { REQUEST_TIMEOUT } from './clients.ts';
import { storeFailure } from './store-failure.ts';
import { Condition, requireUnchanged } from './unchanged-condition.ts';

export interface DynamoTablesOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
  /** Bulk requests side by side in one call; 4 by default. */
  readonly inFlight?: number;
  /** The client's, in ms: a write leaves only if it ends before its deadline. */
  readonly requestTimeout?: number;
}

/** DynamoDB's limit on the keys of one request. */
const KEYS = 100;
/** Pauses in ms before what a batch read left over is asked for again. */
const LEFT_OVER = [20, 80, 320] as const;

/** Users' tables on DynamoDB, and on what speaks its protocol. */
export class DynamoTables implements Tables {
  readonly #client: DynamoDBClient;
  readonly #clock: Clock;
  readonly #bulk: BulkWriteOptions;

  constructor(options: DynamoTablesOptions) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#bulk = {
      client: options.client,
      clock: options.clock,
      random: () => options.ids.random(),
      inFlight: options.inFlight ?? 4,
      requestTimeout: options.requestTimeout ?? REQUEST_TIMEOUT,
    };
  }

  async names(): Promise<readonly string[]> {
    const answer = await answered('Listing the tables', this.#client.send(new ListTablesCommand({})));
    return answer.TableNames ?? [];
  }

  async shape(table: string): Promise<TableShape | undefined> {
    try {
      const { Table } = await this.#client.send(new DescribeTableCommand({ TableName: table }));
      const schema = [...(Table?.KeySchema ?? [])].sort((a) => (a.KeyType === 'HASH' ? -1 : 1));
      return { keys: schema.flatMap((key) => key.AttributeName ?? []), approximateRecords: Table?.ItemCount ?? 0 };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw storeFailure(`Describing ${table}`, error);
    }
  }

  async scan(
    table: string,
    options: { segment: number; segments: number; limit: number; cursor?: string; consistent?: boolean },
  ): Promise<ScanPage> {
    const command = new ScanCommand({
      TableName: table,
      Segment: options.segment,
      TotalSegments: options.segments,
      Limit: options.limit,
      ConsistentRead: options.consistent ?? false,
      ...(options.cursor === undefined ? {} : { ExclusiveStartKey: toAttributes(JSON.parse(options.cursor) as DataRecord) }),
    });
    const answer = await answered(`Scanning ${table}`, this.#client.send(command));
    return {
      records: (answer.Items ?? []).map(toRecord),
      ...(answer.LastEvaluatedKey === undefined ? {} : { cursor: JSON.stringify(toRecord(answer.LastEvaluatedKey)) }),
    };
  }

  async get(table: string, keys: readonly DataRecord[]): Promise<readonly DataRecord[]> {
    const unique = [...new Map(keys.map((key) => [JSON.stringify(Object.entries(key).sort()), key])).values()];
    const records: DataRecord[] = [];
    for (let from = 0; from < unique.length; from += KEYS) {
      records.push(...(await this.#getChunk(table, unique.slice(from, from + KEYS).map(toAttributes))));
    }
    return records;
  }

  async #getChunk(table: string, keys: Attributes[]): Promise<readonly DataRecord[]> {
    const records: DataRecord[] = [];
    let left = keys;
    for (let round = 0; left.length > 0; round++) {
      const pause = round === 0 ? 0 : LEFT_OVER[round - 1];
      if (pause === undefined) {
        throw new StoreThrottledError(`${table} left ${left.length} records unread ${round} times.`, {
          next: 'Wait and read them again.',
        });
      }
      if (pause > 0) await this.#clock.sleep(pause);
      const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } });
      const answer = await answered(`Reading ${left.length} records of ${table}`, this.#client.send(command));
      records.push(...(answer.Responses?.[table] ?? []).map(toRecord));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return records;
  }

  write(
    table: string,
    change: { put?: readonly DataRecord[]; remove?: readonly DataRecord[]; deadline: number },
  ): Promise<BulkResult> {
    const puts = (change.put ?? []).map((record) => ({ PutRequest: { Item: toAttributes(record) } }));
    const removes = (change.remove ?? []).map((key) => ({ DeleteRequest: { Key: toAttributes(key) } }));
    return bulkWrite(this.#bulk, table, removes.length === 0 ? puts : [...puts, ...removes], change.deadline);
  }

  async writeIf(table: string, key: DataRecord, record: DataRecord | undefined, provenance: Provenance): Promise<boolean> {
    const Key = toAttributes(key);
    if ('unchanged' in provenance) return this.#writeUnchanged(table, Key, record, toAttributes(provenance.unchanged));
    if (record === undefined) return (await this.#read(table, Key)) === undefined;
    const condition = new Condition();
    for (const name of Object.keys(key)) condition.require(`attribute_not_exists(${condition.name(name)})`);
    const command = new PutItemCommand({
      TableName: table,
      Item: toAttributes(record),
      ConditionExpression: condition.text,
      ExpressionAttributeNames: condition.names,
    });
    return this.#applied(table, () => this.#client.send(command));
  }

  /**
   * A condition cannot say "and no other attributes", so the record is read first and compared whole; the condition then holds
   * what was read, and a put changes only what differs, so an attribute that came in between stays.
   */
  async #writeUnchanged(table: string, Key: Attributes, record: DataRecord | undefined, seen: Attributes): Promise<boolean> {
    const found = await this.#read(table, Key);
    if (found === undefined || !isDeepStrictEqual(toRecord(found), toRecord(seen))) return false;
    const condition = new Condition();
    requireUnchanged(condition, found);
    if (record === undefined) {
      const command = new DeleteItemCommand({ TableName: table, Key, ...conditionOf(condition) });
      return this.#applied(table, () => this.#client.send(command));
    }
    const update = difference(condition, Key, found, toAttributes(record));
    if (update === '') return true;
    const command = new UpdateItemCommand({ TableName: table, Key, UpdateExpression: update, ...conditionOf(condition) });
    return this.#applied(table, () => this.#client.send(command));
  }

  async #read(table: string, Key: Attributes): Promise<Attributes | undefined> {
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return (await answered(`Reading a record of ${table}`, this.#client.send(command))).Item;
  }

  async #applied(table: string, send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storeFailure(`Writing a record to ${table}`, error);
    }
  }
}

/** The update that makes `before` into `after`; an attribute that it adds must still be absent. */
const difference = (condition: Condition, Key: Attributes, before: Attributes, after: Attributes): string => {
  const sets: string[] = [];
  for (const [name, value] of Object.entries(after)) {
    if (name in Key || isDeepStrictEqual(before[name], value)) continue;
    const placeholder = condition.name(name);
    if (before[name] === undefined) condition.require(`attribute_not_exists(${placeholder})`);
    sets.push(`${placeholder} = ${condition.value(value)}`);
  }
  const removes = Object.keys(before).filter((name) => !(name in Key) && after[name] === undefined);
  return [
    sets.length === 0 ? '' : `SET ${sets.join(', ')}`,
    removes.length === 0 ? '' : `REMOVE ${removes.map((name) => condition.name(name)).join(', ')}`,
  ]
    .filter((section) => section !== '')
    .join(' ');
};

const conditionOf = (condition: Condition) => ({
  ConditionExpression: condition.text,
  ExpressionAttributeNames: condition.names,
  ExpressionAttributeValues: condition.values,
});

const answered = async <T>(what: string, answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    throw storeFailure(what, error);
  }
};
