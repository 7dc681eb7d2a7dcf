import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../../../adapters/aws/clients.ts';
import { controlTable } from '../../../../../adapters/aws/control-table.ts';
import { DynamoStore } from '../../../../../adapters/aws/dynamo-store.ts';
import { createTable } from '../../../../../adapters/embedded/dynalite/create-table.ts';
import { databasePath, markClosed, markOpen } from '../../../../../adapters/embedded/dynalite/data-directory.ts';
import { startDynalite } from '../../../../../adapters/embedded/dynalite/start-dynalite.ts';
import { systemClock } from '../../../../../adapters/embedded/system-clock.ts';
import type { Store } from '../../../../../shared/ports/store.ts';

describe('the repair after a kill', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'slipway-repair-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const withStore = async (use: (store: Store) => Promise<void>): Promise<void> => {
    const { endpoint, close } = await startDynalite({ dataDir });
    const client = dynamoClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    await createTable(client, controlTable('control'));
    await use(new DynamoStore({ client, table: 'control', clock: systemClock }));
    client.destroy();
    await close();
  };

  /** Changes the files of a closed store, and makes it look killed, or closed by now. */
  const tamper = async (change: (database: ClassicLevel<string, string>) => Promise<void>, mark = markOpen): Promise<void> => {
    const database = new ClassicLevel<string, string>(databasePath(dataDir));
    await change(database);
    await database.close();
    mark(dataDir);
  };

  const fill = (store: Store) =>
    Promise.all(
      [1, 2, 3].map((at) =>
        store.write({
          name: 'test.fill',
          key: { pk: `RUN#${at}`, sk: 'RUN' },
          set: { open: 'run', openSort: `${at}` },
          when: [],
        }),
      ),
    );
  const listed = async (store: Store) => (await store.listIndex('open', 'run')).items.map((item) => item.pk);
  const entries = (database: ClassicLevel<string, string>) =>
    database.iterator({ gte: 'index-global~control~open~', lt: 'index-global~control~open~\u007f' }).all();

  it('puts back index entries that are missing', async () => {
    await withStore(async (store) => void (await fill(store)));
    await tamper(async (database) => {
      for (const [key] of (await entries(database)).slice(0, 2)) await database.del(key);
    });
    await withStore(async (store) => expect(await listed(store)).toEqual(['RUN#1', 'RUN#2', 'RUN#3']));
  });

  it('takes out index entries whose item is gone or has moved', async () => {
    await withStore(async (store) => void (await fill(store)));
    await tamper(async (database) => {
      const [first] = await entries(database);
      const [key = '', text = ''] = first ?? [];
      await database.put(`${key}0`, text);
      await database.put(`${key}1`, text.replace('RUN#1', 'RUN#9'));
    });
    await withStore(async (store) => expect(await listed(store)).toEqual(['RUN#1', 'RUN#2', 'RUN#3']));
  });

  it('replaces index entries that are older than their item', async () => {
    await withStore(async (store) => void (await fill(store)));
    await tamper(async (database) => {
      for (const [key, text] of await entries(database))
        await database.put(key, text.replace('"openSort"', '"stale":{"S":"x"},"openSort"'));
    });
    await withStore(async (store) => {
      expect((await store.listIndex('open', 'run')).items.every((item) => item['stale'] === undefined)).toBe(true);
    });
  });

  it.each([
    ['killed', markOpen],
    ['closed', markClosed],
  ])('finishes a table that was being created when it was %s', async (_, mark) => {
    await withStore(async (store) => void (await fill(store)));
    await tamper(async (database) => {
      const text = (await database.get('table~control')) ?? '';
      await database.put('table~control', text.replace('"ACTIVE"', '"CREATING"'));
    }, mark);
    await withStore(async (store) => expect(await listed(store)).toEqual(['RUN#1', 'RUN#2', 'RUN#3']));
  });

  it('reports a table that cannot be read, instead of losing it', async () => {
    await withStore(async (store) => void (await fill(store)));
    await tamper((database) => database.put('table~control', '{"TableName":'));
    await expect(startDynalite({ dataDir })).rejects.toMatchObject({ problem: 'corrupted' });
    const database = new ClassicLevel<string, string>(databasePath(dataDir));
    expect(await database.get('table~control')).toBe('{"TableName":');
    await database.close();
  });
});
