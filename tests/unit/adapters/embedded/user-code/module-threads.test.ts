import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedUserCode } from '../../../../../adapters/embedded/user-code/embedded-user-code.ts';
import { ModuleThreads } from '../../../../../adapters/embedded/user-code/module-threads.ts';
import { taskInput } from '../../../../contracts/user-code-contract.ts';

const COUNTS = 'let calls = 0; export const next = () => ++calls;';

let baseDir: string;
let threads: ModuleThreads;
let userCode: EmbeddedUserCode;

beforeEach(async () => {
  baseDir = await realpath(await mkdtemp(join(tmpdir(), 'slipway-threads-')));
  threads = new ModuleThreads({ resting: 2 });
  userCode = new EmbeddedUserCode({ baseDir, threads });
});
afterEach(async () => {
  await threads.close();
  await rm(baseDir, { recursive: true });
});

const write = (name: string, source: string) => writeFile(join(baseDir, name), source);
const call = (ref: string) => userCode.call(ref, 'forward', taskInput(), Date.now() + 20_000);

describe('ModuleThreads', () => {
  it('keeps so many threads at rest, those used last', async () => {
    for (const name of ['a.ts', 'b.ts', 'c.ts']) await write(name, COUNTS);
    expect([await call('./a.ts#next'), await call('./b.ts#next'), await call('./a.ts#next')]).toEqual([1, 1, 2]);
    expect(await call('./c.ts#next')).toBe(1);
    expect(await call('./a.ts#next')).toBe(3);
    expect(await call('./b.ts#next')).toBe(1);
  });

  it('ends none that has a call under way, and counts it once that has ended', async () => {
    await write(
      'long.ts',
      `${COUNTS} let open; export const wait = () => new Promise((done) => { open = done; }); export const go = () => open("waited");`,
    );
    for (const name of ['a.ts', 'b.ts', 'c.ts']) await write(name, COUNTS);
    expect(await call('./long.ts#next')).toBe(1);
    const waited = call('./long.ts#wait');
    for (const name of ['a.ts', 'b.ts', 'c.ts']) await call(`./${name}#next`);
    await call('./long.ts#go');
    expect(await waited).toBe('waited');
    expect(await call('./c.ts#next')).toBe(2);
    expect(await call('./long.ts#next')).toBe(2);
    expect(await call('./b.ts#next')).toBe(1);
  });

  it('is shared by the folders of many plans', async () => {
    const other = new EmbeddedUserCode({ baseDir, threads });
    await write('a.ts', COUNTS);
    await call('./a.ts#next');
    expect(await other.call('./a.ts#next', 'forward', taskInput(), Date.now() + 20_000)).toBe(2);
  });
});
