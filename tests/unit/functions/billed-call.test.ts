import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { billedCall } from '../../../functions/billed-call.ts';
import { CallMeter } from '../../../functions/middleware/call-meter.ts';

const metered = () =>
  new CallMeter({ clock: new VirtualClock(), figures: () => ({ cpuMs: 0, rssMb: 0 }), memoryMb: 0, transitions: 0 });

async function billOf(client: string, command: string, input: object, answer: () => Promise<unknown>) {
  const meter = metered();
  const outcome = await billedCall(meter, { client, command, input }, answer).catch((error: unknown) => error);
  const { lambdaRequest: _, ...billed } = meter.take({}).billed;
  return { outcome, billed, input };
}

describe('a request of a client', () => {
  it.each([
    ['GetItemCommand', { CapacityUnits: 1.5 }, { dynamodbRead: 1.5 }],
    ['BatchGetItemCommand', [{ CapacityUnits: 2 }, { CapacityUnits: 3 }], { dynamodbRead: 5 }],
    ['UpdateItemCommand', { CapacityUnits: 3 }, { dynamodbWrite: 3 }],
    ['BatchWriteItemCommand', [{ CapacityUnits: 25 }], { dynamodbWrite: 25 }],
    ['QueryCommand', undefined, {}],
  ])('%s is billed by what DynamoDB says that it took', async (command, ConsumedCapacity, billed) => {
    const answer = { output: { ...(ConsumedCapacity && { ConsumedCapacity }) } };
    const found = await billOf('DynamoDBClient', command, { TableName: 't' }, async () => answer);
    expect(found).toEqual({ outcome: answer, billed, input: { TableName: 't', ReturnConsumedCapacity: 'TOTAL' } });
  });

  it('that a condition refuses is billed as a write all the same, and refused', async () => {
    const error = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    const found = await billOf('DynamoDBClient', 'UpdateItemCommand', {}, () => Promise.reject(error));
    expect(found).toMatchObject({ outcome: error, billed: { dynamodbWrite: 1 } });
  });

  it('that never arrived is billed at nothing', async () => {
    const error = new Error('ECONNRESET');
    expect(await billOf('DynamoDBClient', 'UpdateItemCommand', {}, () => Promise.reject(error))).toMatchObject({
      outcome: error,
      billed: {},
    });
  });

  it.each([
    ['CloudWatchClient', 'GetMetricDataCommand', { MetricDataQueries: [{}, {}] }, { metricAsked: 2 }],
    ['CloudWatchClient', 'DescribeAlarmsCommand', {}, { cloudWatchRequest: 1 }],
    ['LambdaClient', 'InvokeCommand', {}, {}],
    ['DynamoDBClient', 'DescribeTableCommand', {}, {}],
  ])('of %s, %s, is billed by what it asks', async (client, command, input, billed) => {
    const found = await billOf(client, command, { ...input }, async () => 'done');
    expect(found).toEqual({ outcome: 'done', billed, input });
  });
});
