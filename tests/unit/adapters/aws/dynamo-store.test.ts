import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { DynamoStore } from '../../../../adapters/aws/dynamo-store.ts';
import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { Write } from '../../../../shared/ports/store.ts';

const dynamo = mockClient(DynamoDBClient);
const sleeps: number[] = [];
const clock = {
  now: () => 0,
  sleep: async (ms: number) => {
    sleeps.push(ms);
  },
};
const store = new DynamoStore({ client: new DynamoDBClient({ region: 'eu-west-1' }), table: 'control', clock });
const key = { pk: 'RUN#1', sk: 'RUN' };
const write: Write = {
  name: 'run.transition',
  key,
  set: { status: 'paused' },
  add: { rev: 1 },
  when: [{ test: 'equals', attribute: 'rev', value: 1 }],
};
const metadata = { $metadata: {}, message: 'the message' };
const named = (name: string, extra: object = {}) => Object.assign(new Error('the message'), { name, ...extra });

beforeEach(() => {
  dynamo.reset();
  sleeps.length = 0;
});

describe('DynamoStore.write', () => {
  it('sends one conditional UpdateItem whose names and values are placeholders', async () => {
    dynamo.on(UpdateItemCommand).resolves({});
    await store.write({
      ...write,
      remove: ['holder'],
      when: [
        {
          test: 'any',
          of: [
            { test: 'absent', attribute: 'epoch' },
            { test: 'lessThan', attribute: 'epoch', value: 3 },
          ],
        },
        { test: 'notEquals', attribute: 'owner', value: 'me' },
      ],
    });
    expect(dynamo.commandCalls(UpdateItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'control',
      Key: { pk: { S: 'RUN#1' }, sk: { S: 'RUN' } },
      ReturnValues: 'ALL_OLD',
      UpdateExpression: 'SET #n0 = :v0 REMOVE #n1 ADD #n2 :v1',
      ConditionExpression: '(attribute_not_exists(#n3) OR #n3 < :v2) AND #n4 <> :v3',
      ExpressionAttributeNames: { '#n0': 'status', '#n1': 'holder', '#n2': 'rev', '#n3': 'epoch', '#n4': 'owner' },
      ExpressionAttributeValues: { ':v0': { S: 'paused' }, ':v1': { N: '1' }, ':v2': { N: '3' }, ':v3': { S: 'me' } },
    });
  });

  it('reads consistently after a refused condition', async () => {
    dynamo.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException(metadata));
    dynamo
      .on(GetItemCommand, { ConsistentRead: true })
      .resolves({ Item: { pk: { S: 'RUN#1' }, sk: { S: 'RUN' }, rev: { N: '2' } } });
    expect(await store.write(write)).toEqual({ applied: false, current: { ...key, rev: 2 } });
  });

  it('says that nothing was written when it is throttled', async () => {
    dynamo.on(UpdateItemCommand).rejects(new ProvisionedThroughputExceededException(metadata));
    await expect(store.write(write)).rejects.toBeInstanceOf(StoreThrottledError);
    dynamo.on(UpdateItemCommand).rejects(named('ThrottlingException'));
    await expect(store.write(write)).rejects.toMatchObject({ retryable: true, code: 'STORE_THROTTLED' });
    expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(2);
  });

  const unanswered: readonly (readonly [string, Error])[] = [
    ['a time-out', named('TimeoutError')],
    ['a reset connection', named('Error', { code: 'ECONNRESET' })],
    ['a refused connection', named('Error', { code: 'ECONNREFUSED' })],
    ['an error of the server', named('InternalServerError', { $metadata: { httpStatusCode: 500 } })],
    ['a gateway that gave up', named('UnknownError', { $metadata: { httpStatusCode: 503 } })],
  ];
  for (const [what, error] of unanswered) {
    it(`leaves open what happened after ${what}, and sends nothing more`, async () => {
      dynamo.on(UpdateItemCommand).rejects(error);
      await expect(store.write(write)).rejects.toBeInstanceOf(StoreUnansweredError);
      expect(dynamo.calls()).toHaveLength(1);
    });
  }

  it('shows a write that landed unanswered as the one who reads again finds it', async () => {
    let landed = false;
    dynamo.on(UpdateItemCommand).callsFake(() => {
      if (landed) throw new ConditionalCheckFailedException(metadata);
      landed = true;
      throw named('TimeoutError');
    });
    dynamo
      .on(GetItemCommand)
      .resolves({ Item: { pk: { S: 'RUN#1' }, sk: { S: 'RUN' }, rev: { N: '2' }, writeId: { S: 'mine' } } });
    await expect(store.write(write)).rejects.toBeInstanceOf(StoreUnansweredError);
    expect(await store.write(write)).toMatchObject({ applied: false, current: { writeId: 'mine' } });
  });

  it('names the next action when it is refused for good', async () => {
    dynamo.on(UpdateItemCommand).rejects(new ResourceNotFoundException(metadata));
    await expect(store.write(write)).rejects.toMatchObject({ retryable: false, next: expect.stringContaining('table') });
    dynamo.on(UpdateItemCommand).rejects(named('AccessDeniedException'));
    await expect(store.write(write)).rejects.toMatchObject({ next: expect.stringContaining('role') });
    await expect(store.write(write)).rejects.toBeInstanceOf(StoreRejectedError);
  });
});

describe('DynamoStore.readMany', () => {
  const item = (sk: string) => ({ pk: { S: 'P' }, sk: { S: sk } });
  const keys = ['a', 'b', 'c'].map((sk) => ({ pk: 'P', sk }));

  it('asks again for what was left over, after growing pauses', async () => {
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { control: [item('b')] }, UnprocessedKeys: { control: { Keys: [item('a'), item('c')] } } })
      .resolvesOnce({ UnprocessedKeys: { control: { Keys: [item('a'), item('c')] } } })
      .resolvesOnce({ Responses: { control: [item('c')] } });
    expect(await store.readMany(keys)).toEqual([undefined, { pk: 'P', sk: 'b' }, { pk: 'P', sk: 'c' }]);
    expect(dynamo.commandCalls(BatchGetItemCommand)[1]?.args[0].input.RequestItems?.['control']?.Keys).toEqual([
      item('a'),
      item('c'),
    ]);
    expect(sleeps).toEqual([20, 80]);
  });

  it('gives up as throttled when something is left over again and again', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: { control: { Keys: [item('a')] } } });
    await expect(store.readMany(keys)).rejects.toBeInstanceOf(StoreThrottledError);
    expect(dynamo.calls()).toHaveLength(4);
  });
});

describe('DynamoStore of the feed and its cursors', () => {
  it('lets the first writer decide what is kept, in the one request', async () => {
    dynamo.on(UpdateItemCommand).resolves({});
    const kept = { name: 'event.put', key, set: { rev: 1 }, keep: { open: 'feed', openSort: '1' }, when: [] };
    const result = await store.write(kept);
    expect(dynamo.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: 'SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1), #n2 = if_not_exists(#n2, :v2)',
      ExpressionAttributeNames: { '#n0': 'rev', '#n1': 'open', '#n2': 'openSort' },
      ExpressionAttributeValues: { ':v0': { N: '1' }, ':v1': { S: 'feed' }, ':v2': { S: '1' } },
    });
    expect(result).toMatchObject({ applied: true, item: { open: 'feed', openSort: '1' } });
    dynamo
      .on(UpdateItemCommand)
      .resolves({ Attributes: { pk: { S: 'RUN#1' }, sk: { S: 'RUN' }, open: { S: 'feed' }, openSort: { S: '0' } } });
    expect(await store.write(kept)).toMatchObject({ item: { openSort: '0' } });
  });

  it.each([
    [{ from: 'b' }, '#hash = :hash AND #sort >= :sort', 'b'],
    [{ before: 'b' }, '#hash = :hash AND #sort < :sort', 'b'],
    [{ prefix: 'b' }, '#hash = :hash AND begins_with(#sort, :sort)', 'b'],
    [{}, '#hash = :hash', undefined],
  ])('asks for %j by one condition on the key', async (options, condition, sort) => {
    dynamo.on(QueryCommand).resolves({ Items: [] });
    await store.listIndex('open', 'feed', options);
    const { input } = dynamo.commandCalls(QueryCommand)[0]?.args[0] ?? {};
    expect(input).toMatchObject({ IndexName: 'open', KeyConditionExpression: condition });
    expect(input?.ExpressionAttributeValues).toEqual({ ':hash': { S: 'feed' }, ...(sort && { ':sort': { S: sort } }) });
    expect(input?.ExpressionAttributeNames).toEqual({ '#hash': 'open', ...(sort && { '#sort': 'openSort' }) });
  });
});
