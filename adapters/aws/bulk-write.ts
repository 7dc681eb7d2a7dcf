import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { StoreThrottledError } from '../../shared/errors/store-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { BulkResult } from '../../shared/ports/tables.ts';
import { storeFailure } from './store-failure.ts';

export interface BulkWriteOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  /** In [0, 1): spreads the pauses. */
  readonly random: () => number;
  /** Requests side by side. */
  readonly inFlight: number;
  /** ms after which a request that leaves now has ended for certain. */
  readonly requestTimeout: number;
}

/** DynamoDB's limit on the writes of one request. */
const CHUNK = 25;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/**
 * Sends writes to one table in chunks, several side by side. What DynamoDB leaves over or throttles is sent again after growing
 * random pauses, until `deadline` (epoch ms). Where a request fails otherwise no further one leaves, and the error is thrown
 * after those under way have ended.
 */
export const bulkWrite = async (
  options: BulkWriteOptions,
  table: string,
  requests: readonly WriteRequest[],
  deadline: number,
): Promise<BulkResult> => {
  const { client, clock, random, requestTimeout } = options;
  let next = 0;
  let unprocessed = 0;
  let throttled = false;
  let failure: Error | undefined;

  const send = async (chunk: WriteRequest[]): Promise<WriteRequest[]> => {
    try {
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: chunk } }));
      return answer.UnprocessedItems?.[table] ?? [];
    } catch (cause) {
      const error = storeFailure(`Writing ${chunk.length} records to ${table}`, cause);
      if (error instanceof StoreThrottledError) return chunk;
      throw error;
    }
  };

  const sendAll = async (chunk: WriteRequest[]): Promise<void> => {
    let left = chunk;
    for (let ceiling = FIRST_PAUSE; ; ceiling = Math.min(2 * ceiling, LONGEST_PAUSE)) {
      if (failure !== undefined || clock.now() + requestTimeout > deadline) break;
      left = await send(left);
      if (left.length === 0) return;
      throttled = true;
      await clock.sleep(Math.max(0, Math.min(random() * ceiling, deadline - clock.now())));
    }
    unprocessed += left.length;
  };

  const lane = async (): Promise<void> => {
    while (next < requests.length) {
      const from = next;
      next += CHUNK;
      try {
        await sendAll(requests.slice(from, next));
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
      }
    }
  };

  await Promise.all(Array.from({ length: Math.min(options.inFlight, Math.ceil(requests.length / CHUNK)) }, lane));
  if (failure !== undefined) throw failure;
  return { unprocessed, throttled };
};
