import {
  BatchWriteItemCommand,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BulkWriteOptions, bulkWrite } from '../../../../adapters/aws/bulk-write.ts';
import { StoreRejectedError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';

const dynamo = mockClient(DynamoDBClient);
const FAR = Number.MAX_SAFE_INTEGER;
let now = 0;
const sleeps: number[] = [];
const options: BulkWriteOptions = {
  client: new DynamoDBClient({ region: 'eu-west-1' }),
  clock: {
    now: () => now,
    sleep: async (ms) => {
      sleeps.push(ms);
      now += ms;
    },
  },
  random: () => 0.5,
  inFlight: 3,
  requestTimeout: 1_000,
};

const requests = (count: number): WriteRequest[] =>
  Array.from({ length: count }, (_, at) => ({ PutRequest: { Item: { id: { S: `${at}` } } } }));
const sent = (): WriteRequest[][] =>
  dynamo.commandCalls(BatchWriteItemCommand).map((call) => call.args[0].input.RequestItems?.['t'] ?? []);

beforeEach(() => {
  dynamo.reset();
  sleeps.length = 0;
  now = 0;
});

describe('bulkWrite', () => {
  it('sends every request once, 25 at a time', async () => {
    dynamo.on(BatchWriteItemCommand).resolves({});
    expect(await bulkWrite(options, 't', requests(130), FAR)).toEqual({ unprocessed: 0, throttled: false });
    expect(sent().map((chunk) => chunk.length)).toEqual([25, 25, 25, 25, 25, 5]);
    expect(new Set(sent().flat()).size).toBe(130);
    expect(sleeps).toEqual([]);
  });

  it('has no more requests under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    dynamo.on(BatchWriteItemCommand).callsFake(async () => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      return {};
    });
    await bulkWrite(options, 't', requests(500), FAR);
    expect(most).toBe(3);
  });

  it('sends again what was left over, and only that, after growing pauses', async () => {
    const [first, second] = requests(25);
    dynamo
      .on(BatchWriteItemCommand)
      .resolvesOnce({ UnprocessedItems: { t: [first, second].filter((request) => request !== undefined) } })
      .resolvesOnce({ UnprocessedItems: { t: [second].filter((request) => request !== undefined) } })
      .resolves({});
    expect(await bulkWrite(options, 't', requests(25), FAR)).toEqual({ unprocessed: 0, throttled: true });
    expect(sent().map((chunk) => chunk.length)).toEqual([25, 2, 1]);
    expect(sleeps).toEqual([25, 50]);
  });

  it('sends a throttled chunk again as a whole', async () => {
    dynamo
      .on(BatchWriteItemCommand)
      .rejectsOnce(new ProvisionedThroughputExceededException({ $metadata: {}, message: '' }))
      .resolves({});
    expect(await bulkWrite(options, 't', requests(10), FAR)).toEqual({ unprocessed: 0, throttled: true });
    expect(sent().map((chunk) => chunk.length)).toEqual([10, 10]);
  });

  it('counts what is still left over at the deadline', async () => {
    dynamo.on(BatchWriteItemCommand).callsFake((input) => ({ UnprocessedItems: { t: input.RequestItems.t.slice(0, 3) } }));
    expect(await bulkWrite(options, 't', requests(50), 5_000)).toEqual({ unprocessed: 6, throttled: true });
    expect(now).toBeGreaterThan(3_000);
    expect(now).toBeLessThanOrEqual(5_000);
  });

  it('sends nothing that could end after the deadline', async () => {
    now = 4_001;
    dynamo.on(BatchWriteItemCommand).resolves({});
    expect(await bulkWrite(options, 't', requests(30), 5_000)).toEqual({ unprocessed: 30, throttled: false });
    expect(sent()).toEqual([]);
  });

  it('throws what failed once everything under way has ended, and sends no more', async () => {
    let ended = 0;
    dynamo.on(BatchWriteItemCommand).callsFake(async () => {
      if (sent().length === 1) throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
      await new Promise((resolve) => setImmediate(resolve));
      ended++;
      return {};
    });
    await expect(bulkWrite(options, 't', requests(500), FAR)).rejects.toBeInstanceOf(StoreUnansweredError);
    expect(ended).toBe(2);
    expect(sent()).toHaveLength(3);
  });

  it('names what is wrong with a refused batch', async () => {
    dynamo.on(BatchWriteItemCommand).rejects(Object.assign(new Error('duplicates'), { name: 'ValidationException' }));
    await expect(bulkWrite(options, 't', requests(2), FAR)).rejects.toBeInstanceOf(StoreRejectedError);
  });
});
