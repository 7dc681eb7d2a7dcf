import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { CursorUnknownError, StoreRejectedError, StoreThrottledError } from '../../shared/errors/store-errors.ts';
import { applyWrite, checkWrite } from '../../shared/ports/apply-write.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type {
  IndexName,
  Item,
  Key,
  ListOptions,
  Page,
  Removal,
  RemovalResult,
  Store,
  Write,
  WriteResult,
} from '../../shared/ports/store.ts';
import { storeFailure } from './store-failure.ts';
import { type UpdateExpression, updateExpression } from './update-expression.ts';

export interface DynamoStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
}

type Attributes = Record<string, AttributeValue>;

/** Pauses in ms before what a batch read left over is asked for again. */
const LEFT_OVER = [20, 80, 320] as const;

/** The store on DynamoDB, and on what speaks its protocol. */
export class DynamoStore implements Store {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(options: DynamoStoreOptions) {
    this.#client = options.client;
    this.#table = options.table;
    this.#clock = options.clock;
  }

  async read(key: Key): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: attributesOfKey(key), ConsistentRead: true });
    const answer = await answered(`Reading ${named(key)}`, this.#client.send(command));
    return answer.Item && itemOf(answer.Item);
  }

  async readMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    if (keys.length > 100) {
      throw new StoreRejectedError(`${keys.length} keys in one read.`, { next: 'Read at most 100 items at once.' });
    }
    const wanted = new Map(keys.map((key) => [address(key), attributesOfKey(key)]));
    const found = new Map<string, Item>();
    let left = [...wanted.values()];
    for (let round = 0; left.length > 0; round++) {
      if (round > 0) await this.#pause(round, left.length);
      const command = new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys: left, ConsistentRead: true } } });
      const answer = await answered(`Reading ${left.length} items`, this.#client.send(command));
      for (const item of (answer.Responses?.[this.#table] ?? []).map(itemOf)) found.set(address(item), item);
      left = answer.UnprocessedKeys?.[this.#table]?.Keys ?? [];
    }
    return keys.map((key) => found.get(address(key)));
  }

  /**
   * A refused condition is followed by a consistent read: the embedded store knows no ALL_OLD on refusal, so neither is it
   * used on AWS. The item read may be newer than the one that refused; it never is older.
   */
  async write(write: Write): Promise<WriteResult> {
    checkWrite(write);
    const { update, ...expression } = updateExpression(write);
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: attributesOfKey(write.key),
      ReturnValues: 'ALL_OLD',
      ...(update === undefined ? {} : { UpdateExpression: update }),
      ...conditioned(expression),
    });
    try {
      const answer = await this.#client.send(command);
      const before = answer.Attributes && itemOf(answer.Attributes);
      return { applied: true, before, item: applyWrite(before, write) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw storeFailure(`Write '${write.name}' to ${named(write.key)}`, error);
      }
    }
    return { applied: false, current: await this.read(write.key) };
  }

  async remove({ name, key, when }: Removal): Promise<RemovalResult> {
    const { update: _, ...expression } = updateExpression({ name, key, when });
    const command = new DeleteItemCommand({ TableName: this.#table, Key: attributesOfKey(key), ...conditioned(expression) });
    try {
      await this.#client.send(command);
      return { removed: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeFailure(`Removal '${name}' of ${named(key)}`, error);
    }
    return { removed: false, current: await this.read(key) };
  }

  list(pk: string, options: ListOptions = {}): Promise<Page> {
    return this.#query({ hash: 'pk', sort: 'sk', value: pk }, options);
  }

  listIndex(index: IndexName, value: string, options: ListOptions = {}): Promise<Page> {
    return this.#query({ index, hash: index, sort: `${index}Sort`, value }, options);
  }

  async #query(from: { index?: IndexName; hash: string; sort: string; value: string }, options: ListOptions): Promise<Page> {
    const bound = boundOf(options);
    const command = new QueryCommand({
      TableName: this.#table,
      ...(from.index === undefined ? { ConsistentRead: true } : { IndexName: from.index }),
      KeyConditionExpression: `#hash = :hash${bound ? ` AND ${bound.condition}` : ''}`,
      ExpressionAttributeNames: { '#hash': from.hash, ...(bound ? { '#sort': from.sort } : {}) },
      ExpressionAttributeValues: marshall({ ':hash': from.value, ...(bound ? { ':sort': bound.value } : {}) }),
      ScanIndexForward: !options.descending,
      ...(options.limit === undefined ? {} : { Limit: options.limit }),
      ...(options.cursor === undefined ? {} : { ExclusiveStartKey: startOf(options.cursor, from) }),
    });
    const answer = await answered(`Listing ${from.hash} '${from.value}'`, this.#client.send(command)).catch((error: unknown) => {
      const unfit =
        error instanceof StoreRejectedError && options.cursor !== undefined && /start(?:ing)? ?key/i.test(error.message);
      throw unfit ? new CursorUnknownError(error) : error;
    });
    return {
      items: (answer.Items ?? []).map(itemOf),
      ...(answer.LastEvaluatedKey === undefined ? {} : { cursor: JSON.stringify(answer.LastEvaluatedKey) }),
    };
  }

  async #pause(round: number, left: number): Promise<void> {
    const ms = LEFT_OVER[round - 1];
    if (ms === undefined) {
      throw new StoreThrottledError(`The store left ${left} items unread ${round} times.`, { next: 'Wait and read them again.' });
    }
    await this.#clock.sleep(ms);
  }
}

const answered = async <T>(what: string, answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    throw storeFailure(what, error);
  }
};

function boundOf({ prefix, from, before }: ListOptions): { readonly condition: string; readonly value: string } | undefined {
  if (prefix !== undefined && prefix !== '') return { condition: 'begins_with(#sort, :sort)', value: prefix };
  if (from !== undefined) return { condition: '#sort >= :sort', value: from };
  return before === undefined ? undefined : { condition: '#sort < :sort', value: before };
}

const conditioned = ({ condition, names, values }: Omit<UpdateExpression, 'update'>) => ({
  ...(condition === undefined ? {} : { ConditionExpression: condition }),
  ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
  ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: marshall(values) }),
});

/** A cursor comes from whoever calls the API: it may be anything, and of another list too. */
function startOf(cursor: string, { hash, value }: { readonly hash: string; readonly value: string }): Attributes {
  try {
    const key = startKey.safeParse(JSON.parse(cursor));
    if (key.success && key.data[hash]?.S === value) return key.data;
  } catch {
    // No JSON: refused as any other that is none of ours.
  }
  throw new CursorUnknownError();
}

const startKey = z.record(z.string(), z.strictObject({ S: z.string().min(1) }));

const attributesOfKey = (key: Key): Attributes => ({ pk: { S: key.pk }, sk: { S: key.sk } });

const itemOf = (attributes: Attributes): Item => unmarshall(attributes) as Item;

const address = (key: Key): string => JSON.stringify([key.pk, key.sk]);

const named = (key: Key): string => `${key.pk} / ${key.sk}`;
