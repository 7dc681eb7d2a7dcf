import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../../adapters/memory/virtual-clock.ts';
import {
  type DiskExecutionStore,
  ExecutionStoreInUseError,
  openDiskExecutionStore,
} from '../../../../../local/asl/store/disk-execution-store.ts';
import { CorruptExecutionStoreError, type ExecutionStore } from '../../../../../local/asl/store/execution-store.ts';
import { MemoryExecutionStore } from '../../../../../local/asl/store/memory-execution-store.ts';
import { bench, lambdaTask, machine, startOfTime } from '../machine-builder.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'execution-store-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function keysOf(store: ExecutionStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.list(prefix)) keys.push(key);
  return keys;
}

describe.each([
  ['memory', async () => ({ store: new MemoryExecutionStore() as ExecutionStore, close: async () => undefined })],
  [
    'disk',
    async () => {
      const store = await openDiskExecutionStore(join(directory, 'db'));
      return { store: store as ExecutionStore, close: () => store.close() };
    },
  ],
])('an execution store in %s', (_, open) => {
  it('answers what was committed, and lists by prefix in the order of keys', async () => {
    const { store, close } = await open();
    await store.commit([
      { put: 'a!2', value: { n: [1, 'ü', null] } },
      { put: 'a!1', value: 'one' },
      { put: 'b!1', value: true },
    ]);
    expect(await store.get('a!2')).toEqual({ n: [1, 'ü', null] });
    expect(await store.get('a!3')).toBeUndefined();
    expect(await keysOf(store, 'a!')).toEqual(['a!1', 'a!2']);
    await store.commit([{ remove: 'a!1' }, { put: 'a!3', value: 3 }]);
    expect(await keysOf(store, 'a!')).toEqual(['a!2', 'a!3']);
    await store.clear('a!');
    expect(await keysOf(store, '')).toEqual(expect.arrayContaining(['b!1']));
    expect(await keysOf(store, 'a!')).toEqual([]);
    await close();
  });
});

describe('the store on disk', () => {
  const path = (): string => join(directory, 'db');

  async function filled(): Promise<DiskExecutionStore> {
    const store = await openDiskExecutionStore(path());
    await store.commit(Array.from({ length: 50 }, (_, n) => ({ put: `k!${n}`, value: { n } })));
    return store;
  }

  it('keeps its records when it is opened again', async () => {
    await (await filled()).close();
    const again = await openDiskExecutionStore(path());
    expect(await again.get('k!7')).toEqual({ n: 7 });
    await again.close();
  });

  it('keeps what was committed where the process ends without closing it', async () => {
    const store = await filled();
    cpSync(path(), join(directory, 'copy'), { recursive: true });
    const again = await openDiskExecutionStore(join(directory, 'copy'));
    expect(await keysOf(again, 'k!')).toHaveLength(50);
    await again.close();
    await store.close();
  });

  it('says so where another process has it open', async () => {
    const store = await filled();
    await expect(openDiskExecutionStore(path())).rejects.toThrow(ExecutionStoreInUseError);
    await store.close();
  });

  it('refuses a directory whose CURRENT file is lost, and leaves it as it is', async () => {
    await (await filled()).close();
    rmSync(join(path(), 'CURRENT'));
    const before = readdirSync(path()).sort();
    await expect(openDiskExecutionStore(path())).rejects.toThrow(CorruptExecutionStoreError);
    expect(readdirSync(path()).sort()).toEqual(before);
  });

  it('refuses a log that is broken, and leaves it as it is', async () => {
    const store = await filled();
    await store.commit(Array.from({ length: 200 }, (_, n) => ({ put: `k!${n}`, value: { n } })));
    await store.close();
    const [log = ''] = readdirSync(path()).filter((name) => name.endsWith('.log'));
    const bytes = readFileSync(join(path(), log));
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    writeFileSync(join(path(), log), bytes);
    await expect(openDiskExecutionStore(path())).rejects.toThrow(/its log \d+\.log is broken at byte \d+. Nothing was changed/);
    expect(readFileSync(join(path(), log)).equals(bytes)).toBe(true);
  });

  it('refuses a directory of another program', async () => {
    writeFileSync(join(directory, 'notes.txt'), 'hello');
    await expect(openDiskExecutionStore(directory)).rejects.toThrow(/notes\.txt but no CURRENT/);
    expect(readdirSync(directory)).toEqual(['notes.txt']);
  });

  it('refuses a database that it did not make', async () => {
    const other = new ClassicLevel(path());
    await other.put('some', 'thing');
    await other.close();
    await expect(openDiskExecutionStore(path())).rejects.toThrow(/format record is missing/);
  });

  it('refuses a format that it does not know', async () => {
    const store = await filled();
    await store.commit([{ put: '!format', value: 'slipway-executions/2' }]);
    await store.close();
    await expect(openDiskExecutionStore(path())).rejects.toThrow(/slipway-executions\/2/);
  });

  it('refuses a damaged manifest', async () => {
    await (await filled()).close();
    const manifest = readdirSync(path()).find((name) => name.startsWith('MANIFEST')) ?? '';
    writeFileSync(join(path(), manifest), 'not a manifest at all');
    await expect(openDiskExecutionStore(path())).rejects.toThrow(CorruptExecutionStoreError);
    expect(readFileSync(join(path(), manifest), 'utf8')).toBe('not a manifest at all');
  });

  it('reports a record that does not match its checksum', async () => {
    await (await filled()).close();
    const raw = new ClassicLevel(path());
    const text = (await raw.get('k!3')) ?? '';
    await raw.put('k!3', text.replace('3', '4'));
    await raw.close();
    const store = await openDiskExecutionStore(path());
    await expect(store.get('k!3')).rejects.toThrow(/'k!3' does not match its checksum/);
    await expect(keysOf(store, 'k!')).rejects.toThrow(CorruptExecutionStoreError);
    await store.close();
  });

  it('carries an execution over the death of its process', async () => {
    const definitions = { machine: machine({ Pause: { Type: 'Wait', Seconds: 60, Next: 'Work' }, Work: lambdaTask('work') }) };
    const store = await openDiskExecutionStore(path());
    const first = bench(definitions, { store: store as never });
    const { arn } = await first.engine.start('machine', 'run', { n: 1 });
    await first.clock.advanceTo(startOfTime + 1000);
    while ((await keysOf(store, 'w!')).length === 0) await first.clock.advanceTo(startOfTime + 1000);
    cpSync(path(), join(directory, 'copy'), { recursive: true });
    await first.engine.close();
    await store.close();

    const copy = await openDiskExecutionStore(join(directory, 'copy'));
    const clock = new VirtualClock(startOfTime + 2000);
    const second = bench(definitions, { store: copy as never, virtual: clock });
    const ended = new Promise<void>((resolve) => {
      second.engine.onStatusChange(() => resolve());
    });
    expect(await second.engine.recover()).toEqual({ executions: 1 });
    await clock.advanceTo(startOfTime + 60_000);
    await ended;
    expect(await second.engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { n: 1 } });
    await copy.close();
  });
});
