import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { dynamoClient } from '../../../../../adapters/aws/clients.ts';
import { controlTable } from '../../../../../adapters/aws/control-table.ts';
import { createTable } from '../../../../../adapters/embedded/dynalite/create-table.ts';
import { startDynalite } from '../../../../../adapters/embedded/dynalite/start-dynalite.ts';

const MB = 1024 * 1024;
const ITEMS = 12;
const ROUNDS = 16;

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

it.each([
  ['to its end', undefined],
  ['for its first item', 1],
])('a store lets go of what was overwritten after a query %s', async (_, limit) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-dynalite-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const { endpoint, close } = await startDynalite({ dataDir });
  onTestFinished(close);
  const client = dynamoClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  await createTable(client, controlTable('control'));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let item = 0; item < ITEMS; item += 1) {
      // What cannot be compressed: 350 KB of it, 67 MB in all, 4.2 MB at once.
      const Item = { pk: { S: 'P' }, sk: { S: `S${item}` }, body: { B: randomBytes(350_000) } };
      await client.send(new PutItemCommand({ TableName: 'control', Item }));
    }
    const values = { ':pk': { S: 'P' } };
    const query = { TableName: 'control', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values, Limit: limit };
    await client.send(new QueryCommand(query));
  }
  for (let look = 0; look < 50 && sizeOf(dataDir) > 40 * MB; look += 1) await sleep(100);
  expect(sizeOf(dataDir) / MB).toBeLessThan(40);
});
