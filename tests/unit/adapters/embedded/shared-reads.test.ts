import { describe, expect, it } from 'vitest';
import { SharedReads } from '../../../../adapters/embedded/shared-reads.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import type { Key } from '../../../../shared/ports/store.ts';

const key = (at: number): Key => ({ pk: 'RUN#1', sk: `ITEM#${at}` });
const write = (at: number, value: number) => ({ name: 'test.put', key: key(at), set: { value }, when: [] });

/** A store that says what it is asked for, and can be made to fail. */
class Watched extends MemoryStore {
  readonly asked: (readonly string[])[] = [];
  fails = false;

  override read(wanted: Key) {
    return this.#noted(['one', wanted.sk], () => super.read(wanted));
  }

  override readMany(wanted: readonly Key[]) {
    return this.#noted(['many', ...wanted.map(({ sk }) => sk)], () => super.readMany(wanted));
  }

  async #noted<T>(wanted: readonly string[], call: () => Promise<T>): Promise<T> {
    this.asked.push(wanted);
    if (this.fails) throw new Error('no store');
    return call();
  }
}

describe('SharedReads', () => {
  it('asks once for what many want at the same time, each item once', async () => {
    const store = new Watched();
    await store.write(write(1, 10));
    await store.write(write(2, 20));
    const reads = new SharedReads(store);
    const found = await Promise.all([
      reads.readMany([key(1)]),
      reads.readMany([key(2), key(3), key(1)]),
      reads.readMany([key(1)]),
    ]);
    expect(found).toMatchObject([[{ value: 10 }], [{ value: 20 }, undefined, { value: 10 }], [{ value: 10 }]]);
    expect(store.asked).toEqual([['many', 'ITEM#1', 'ITEM#2', 'ITEM#3']]);
  });

  it('asks as it is asked, for one or for many: a role may allow only one of the two', async () => {
    const store = new Watched();
    await store.write(write(1, 10));
    const reads = new SharedReads(store);
    const found = await Promise.all([reads.read(key(1)), reads.read(key(2)), reads.read(key(1)), reads.readMany([key(1)])]);
    expect(found).toMatchObject([{ value: 10 }, undefined, { value: 10 }, [{ value: 10 }]]);
    expect(store.asked.toSorted()).toEqual([
      ['many', 'ITEM#1'],
      ['one', 'ITEM#1'],
      ['one', 'ITEM#2'],
    ]);
  });

  it('shows whoever wrote what they wrote, also while an older read is under way', async () => {
    const reads = new SharedReads(new Watched());
    const older = reads.read(key(1));
    await Promise.resolve();
    await reads.write(write(1, 11));
    expect(await reads.read(key(1))).toMatchObject({ value: 11 });
    await older;
  });

  it('asks for more than a store answers at once in parts', async () => {
    const store = new Watched();
    const reads = new SharedReads(store);
    await store.write(write(149, 1));
    const found = await Promise.all(Array.from({ length: 150 }, (_, at) => reads.readMany([key(at)])));
    expect(found.flatMap(([item], at) => (item ? [at] : []))).toEqual([149]);
    expect(store.asked.map(({ length }) => length)).toEqual([101, 51]);
  });

  it('fails for all who shared the read that failed, and reads on', async () => {
    const store = new Watched();
    await store.write(write(1, 10));
    const reads = new SharedReads(store);
    store.fails = true;
    const failed = await Promise.allSettled([reads.read(key(1)), reads.read(key(2))]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    store.fails = false;
    expect(await reads.read(key(1))).toMatchObject({ value: 10 });
  });
});
