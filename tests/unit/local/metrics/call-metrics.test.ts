import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { CallMetrics } from '../../../../local/metrics/call-metrics.ts';

const failing = (name: string) => () => Promise.reject(Object.assign(new Error('no'), { name }));

it('times requests to the store by command, table and end, and hands on what they answered', async () => {
  const registry = new Registry();
  const calls = new CallMetrics(registry, ['slipway-local']);
  const call = (command: string, input: object) => ({ client: 'DynamoDBClient', command, input });
  const put = call('UpdateItemCommand', { TableName: 'slipway-local' });
  expect(await calls.store(put, async () => 7)).toBe(7);
  await expect(calls.store(put, failing('ConditionalCheckFailedException'))).rejects.toThrow('no');
  await expect(calls.store(put, failing('ThrottlingException'))).rejects.toThrow('no');
  await calls.store(call('BatchGetItemCommand', { RequestItems: { 'slipway-local': {} } }), async () => 1);
  await calls.store(call('BatchWriteItemCommand', { RequestItems: { places: {} } }), async () => 1);
  const lines = (await registry.metrics()).split('\n').filter((line) => line.includes('request_duration_seconds_count'));
  expect(lines).toEqual([
    'slipway_store_request_duration_seconds_count{command="UpdateItem",table="control",outcome="ok"} 1',
    'slipway_store_request_duration_seconds_count{command="UpdateItem",table="control",outcome="refused"} 1',
    'slipway_store_request_duration_seconds_count{command="UpdateItem",table="control",outcome="error"} 1',
    'slipway_store_request_duration_seconds_count{command="BatchGetItem",table="control",outcome="ok"} 1',
    'slipway_store_request_duration_seconds_count{command="BatchWriteItem",table="data",outcome="ok"} 1',
  ]);
});
