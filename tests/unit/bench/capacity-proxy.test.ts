import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Consumed, capacityProxy } from '../../../bench/capacity-proxy.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A store that answers as told, and the proxy before it. */
async function open(answer: object, status = 200) {
  const heard: object[] = [];
  const store = createServer(async (incoming, outgoing) => {
    heard.push(JSON.parse((await incoming.toArray()).join('')));
    outgoing.writeHead(status).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const consumed: Consumed[] = [];
  const { port } = store.address() as AddressInfo;
  const proxy = await capacityProxy(`http://127.0.0.1:${port}`, (one) => consumed.push(one));
  closing.push(proxy.close, () => new Promise((resolve) => store.close(resolve)));
  const ask = async (operation: string, body: object) => {
    const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const response = await fetch(proxy.endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  return { ask, heard, consumed };
}

const ASKED = { TableName: 'control', Key: { pk: { S: 'RUN#1' }, sk: { S: 'RUN' } } };

it('has the store count, and hands its answer on', async () => {
  const answer = { ConsumedCapacity: { TableName: 'control', CapacityUnits: 3 } };
  const { ask, heard, consumed } = await open(answer);
  expect(await ask('UpdateItem', ASKED)).toEqual({ status: 200, body: answer });
  expect(heard).toEqual([{ ...ASKED, ReturnConsumedCapacity: 'TOTAL' }]);
  expect(consumed).toEqual([{ operation: 'UpdateItem', table: 'control', units: 3, sortKey: 'RUN' }]);
});

it('counts each table of a batch', async () => {
  const { ask, consumed } = await open({
    ConsumedCapacity: [
      { TableName: 'a', CapacityUnits: 1 },
      { TableName: 'b', CapacityUnits: 2 },
    ],
  });
  await ask('BatchWriteItem', { RequestItems: {} });
  expect(consumed.map(({ table, units }) => [table, units])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});

it('counts a refused write as one unit, and what consumes nothing not at all', async () => {
  const refused = await open({ __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }, 400);
  expect((await refused.ask('UpdateItem', ASKED)).status).toBe(400);
  expect(refused.consumed).toMatchObject([{ units: 1 }]);
  const described = await open({ Table: {} });
  await described.ask('DescribeTable', { TableName: 'a' });
  expect([described.heard, described.consumed]).toEqual([[{ TableName: 'a' }], []]);
});
