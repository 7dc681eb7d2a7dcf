import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../../../adapters/aws/clients.ts';
import { controlTable } from '../../../../../adapters/aws/control-table.ts';
import { DynamoStore } from '../../../../../adapters/aws/dynamo-store.ts';
import { createTable } from '../../../../../adapters/embedded/dynalite/create-table.ts';
import { type EmbeddedStore, startDynalite } from '../../../../../adapters/embedded/dynalite/start-dynalite.ts';
import { systemClock } from '../../../../../adapters/embedded/system-clock.ts';
import type { Store } from '../../../../../shared/ports/store.ts';

const root = mkdtempSync(join(tmpdir(), 'slipway-dynalite-'));
const running: EmbeddedStore[] = [];
let directories = 0;

const freshDirectory = (): string => join(root, `data-${directories++}`);

const start = async (dataDir: string): Promise<EmbeddedStore> => {
  const store = await startDynalite({ dataDir });
  running.push(store);
  return store;
};

const clientOf = ({ endpoint }: EmbeddedStore) =>
  dynamoClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

const storeOf = (embedded: EmbeddedStore): Store =>
  new DynamoStore({ client: clientOf(embedded), table: 'control', clock: systemClock });

const stop = async (): Promise<void> => {
  for (const store of running.splice(0)) await store.close();
};

/** A directory with `items` items in one partition, closed in good order. */
const filledDirectory = async (items: number): Promise<string> => {
  const dataDir = freshDirectory();
  const embedded = await start(dataDir);
  await createTable(clientOf(embedded), controlTable('control'));
  const store = storeOf(embedded);
  for (let at = 0; at < items; at++) {
    await store.write({ name: 'test.fill', key: { pk: 'P', sk: `S${at}` }, set: { body: 'x'.repeat(2_000) }, when: [] });
  }
  await stop();
  return dataDir;
};

const contentOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^LO(G|CK)/.test(entry.name))
      .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'base64')]),
  );

afterEach(stop);

afterAll(() => rmSync(root, { recursive: true }));

describe('startDynalite', () => {
  it('makes a directory and finds in it what was written before', async () => {
    const dataDir = await filledDirectory(3);
    const items = await storeOf(await start(dataDir)).list('P');
    expect(items.items.map((item) => item.sk)).toEqual(['S0', 'S1', 'S2']);
  });

  it('refuses a directory that another process uses', async () => {
    const dataDir = freshDirectory();
    await start(dataDir);
    await expect(startDynalite({ dataDir })).rejects.toMatchObject({
      name: 'DataDirectoryError',
      problem: 'in-use',
      path: dataDir,
      next: expect.stringContaining('--data-dir'),
    });
  });

  it('refuses a directory of somebody else and leaves it alone', async () => {
    const dataDir = freshDirectory();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');
    const before = contentOf(dataDir);
    await expect(startDynalite({ dataDir })).rejects.toMatchObject({
      problem: 'foreign',
      message: expect.stringContaining(dataDir),
    });
    expect(contentOf(dataDir)).toEqual(before);
  });

  it('refuses a directory of a newer release', async () => {
    const dataDir = await filledDirectory(1);
    writeFileSync(join(dataDir, 'slipway-store.json'), '{"format":2,"state":"closed"}');
    await expect(startDynalite({ dataDir })).rejects.toMatchObject({ problem: 'newer' });
  });

  it('refuses a path that is a file', async () => {
    const dataDir = freshDirectory();
    writeFileSync(dataDir, '');
    await expect(startDynalite({ dataDir })).rejects.toMatchObject({ problem: 'unusable' });
  });

  it('goes on when a client hangs up in the middle of a request', async () => {
    const embedded = await start(freshDirectory());
    const { hostname, port } = new URL(embedded.endpoint);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: store\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{"half');
    await once(socket, 'data');
    socket.destroy();
    for (let asked = 0; asked < 20; asked++) expect((await fetch(embedded.endpoint)).status).toBe(200);
  });

  it('is closed though somebody goes on asking', async () => {
    const embedded = await start(freshDirectory());
    await createTable(clientOf(embedded), controlTable('control'));
    const store = storeOf(embedded);
    const first = Promise.withResolvers<void>();
    const asking = (async () => {
      for (;;) await store.read({ pk: 'P', sk: 'S' }).then(() => first.resolve());
    })();
    const ended = expect(asking).rejects.toMatchObject({ code: 'STORE_UNANSWERED' });
    await first.promise;
    await stop();
    await ended;
  });

  it('does not call it a failure when it is closed', async () => {
    const dataDir = freshDirectory();
    const embedded = await start(dataDir);
    let told = false;
    void embedded.failed.then(() => {
      told = true;
    });
    await stop();
    await Promise.resolve();
    expect(told).toBe(false);
  });
});

describe('a damaged directory', () => {
  let good: string;
  let killed: string;

  beforeAll(async () => {
    good = await filledDirectory(600);
    const embedded = await start(good);
    await storeOf(embedded).write({
      name: 'test.fill',
      key: { pk: 'P', sk: 'late' },
      set: { body: 'y'.repeat(2_000) },
      when: [],
    });
    killed = freshDirectory();
    // What a kill leaves: the files of a store that runs.
    cpSync(good, killed, { recursive: true });
    await stop();
  });

  const fileIn = (dataDir: string, pattern: RegExp): string => {
    const name = readdirSync(join(dataDir, 'db')).findLast((file) => pattern.test(file));
    if (name === undefined) throw new Error(`No ${pattern} in ${dataDir}.`);
    return join(dataDir, 'db', name);
  };
  const flip = (path: string): void => {
    const bytes = readFileSync(path);
    const at = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    writeFileSync(path, bytes);
  };

  const damages: readonly (readonly [string, (dataDir: string) => void])[] = [
    ['whose marker is no JSON', (dir) => writeFileSync(join(dir, 'slipway-store.json'), '{"format":1,')],
    ['whose marker says nothing', (dir) => writeFileSync(join(dir, 'slipway-store.json'), '[]')],
    ['without its database', (dir) => rmSync(join(dir, 'db'), { recursive: true })],
    ['whose CURRENT is empty', (dir) => truncateSync(fileIn(dir, /^CURRENT$/))],
    ['whose CURRENT points nowhere', (dir) => writeFileSync(fileIn(dir, /^CURRENT$/), 'MANIFEST-999999\n')],
    ['whose manifest has a flipped bit', (dir) => flip(fileIn(dir, /^MANIFEST/))],
    ['that has lost a table file', (dir) => rmSync(fileIn(dir, /\.ldb$/))],
    ['whose log has a flipped bit', (dir) => flip(fileIn(dir, /\.log$/))],
  ];
  for (const [what, damage] of damages) {
    for (const origin of ['closed', 'killed'] as const) {
      it(`${what} is reported and left as it is (${origin})`, async () => {
        const dataDir = freshDirectory();
        cpSync(origin === 'closed' ? good : killed, dataDir, { recursive: true });
        damage(dataDir);
        const before = contentOf(dataDir);
        await expect(startDynalite({ dataDir })).rejects.toMatchObject({
          name: 'DataDirectoryError',
          problem: 'corrupted',
          message: expect.stringContaining(dataDir),
          next: expect.stringContaining('backup'),
        });
        expect(contentOf(dataDir)).toEqual(before);
      });
    }
  }

  it('whose table file has a flipped bit is reported after a clean stop', async () => {
    const dataDir = freshDirectory();
    cpSync(good, dataDir, { recursive: true });
    flip(fileIn(dataDir, /\.ldb$/));
    await expect(startDynalite({ dataDir })).rejects.toMatchObject({ problem: 'corrupted' });
  });

  it('whose table file has a flipped bit after a kill says so as soon as it is read', async () => {
    const dataDir = freshDirectory();
    cpSync(killed, dataDir, { recursive: true });
    const table = fileIn(dataDir, /\.ldb$/);
    writeFileSync(table, readFileSync(table).fill(0xaa));
    const embedded = await startDynalite({ dataDir }).catch((error: unknown) => error);
    if (embedded instanceof Error) {
      expect(embedded).toMatchObject({ problem: 'corrupted' });
      return;
    }
    running.push(embedded as EmbeddedStore);
    await expect(storeOf(embedded as EmbeddedStore).list('P')).rejects.toMatchObject({ retryable: true });
    expect(await (embedded as EmbeddedStore).failed).toMatchObject({ problem: 'corrupted', path: dataDir });
  });

  it('opens after a kill with everything in it', async () => {
    const store = storeOf(await start(killed));
    expect(await store.read({ pk: 'P', sk: 'late' })).toBeDefined();
    expect(await store.read({ pk: 'P', sk: 'S599' })).toBeDefined();
  });
});

describe('kill -9', () => {
  const writer = join(import.meta.dirname, 'killed-writer.ts');

  /** Lets the writer write until it has acknowledged so many writes, kills it, and gives the last revision of each lane. */
  const killAfter = async (dataDir: string, acknowledgements: number): Promise<Map<string, number>> => {
    const child = spawn(process.execPath, [writer, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const acknowledged = new Map<string, number>();
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [lane = '', rev] = line.split(' ');
      acknowledged.set(lane, Number(rev));
      if (++count === acknowledgements) child.kill('SIGKILL');
    }
    expect((await ended)[1]).toBe('SIGKILL');
    return acknowledged;
  };

  it('loses no acknowledged write, and the indexes show what the items say', async () => {
    const dataDir = freshDirectory();
    for (const acknowledgements of [7, 101, 238, 64]) {
      const acknowledged = await killAfter(dataDir, acknowledgements);
      expect(existsSync(dataDir)).toBe(true);
      const store = storeOf(await start(dataDir));
      const items = await Promise.all([0, 1, 2, 3].map((lane) => store.read({ pk: `LANE#${lane}`, sk: 'ITEM' })));
      for (const [lane, rev] of acknowledged) expect(items[Number(lane)]?.['rev']).toBeGreaterThanOrEqual(rev);
      const open = items
        .filter((item) => item?.['open'] === 'lane')
        .sort((a, b) => (String(a?.['openSort']) < String(b?.['openSort']) ? -1 : 1));
      const listed = [...(await store.listIndex('open', 'lane')).items].sort((a, b) =>
        String(a['openSort']) < String(b['openSort']) ? -1 : 1,
      );
      expect(new Set(listed.map((item) => JSON.stringify(item)))).toEqual(new Set(open.map((item) => JSON.stringify(item))));
      await stop();
    }
  });
});
