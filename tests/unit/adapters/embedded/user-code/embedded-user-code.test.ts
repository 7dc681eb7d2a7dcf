import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedUserCode } from '../../../../../adapters/embedded/user-code/embedded-user-code.ts';
import { loadTransform } from '../../../../../adapters/embedded/user-code/load-transform.ts';
import { PreparationError, UserCodeTimeoutError } from '../../../../../shared/errors/run-errors.ts';
import { UserCodeLostError, UserFunctionError } from '../../../../../shared/errors/user-code-errors.ts';
import { taskInput } from '../../../../contracts/user-code-contract.ts';

let root: string;
let baseDir: string;
let userCode: EmbeddedUserCode;
let lines: object[];

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'slipway-user-code-')));
  baseDir = join(root, 'plan');
  await mkdir(baseDir);
  lines = [];
  userCode = new EmbeddedUserCode({ baseDir, onLine: (line) => lines.push(line) });
});
afterEach(async () => {
  await userCode.close();
  await rm(root, { recursive: true });
});

const write = (name: string, source: string) => writeFile(join(baseDir, name), source);
const call = (ref: string, time = 20_000) => userCode.call(ref, 'forward', taskInput(), Date.now() + time);

describe('EmbeddedUserCode', () => {
  it('tells a missing file from a missing export, and what a file exports', async () => {
    await write('tasks.ts', 'export const one = () => 1; export const two = { effect: "manual", forward() {} };');
    expect(await userCode.explain('./nowhere.ts#one')).toBe('missing-file');
    expect(await userCode.explain('./tasks.ts#three')).toBe('missing-export');
    expect(await userCode.explain('./tasks.ts#toString')).toBe('missing-export');
    expect(await userCode.explain('some-task')).toBe('missing-file');
    expect(await userCode.exportsOf('./tasks.ts')).toEqual(['one', 'two']);
    expect(await userCode.exportsOf('./nowhere.ts')).toBeUndefined();
    await expect(call('./nowhere.ts#one')).rejects.toBeInstanceOf(PreparationError);
    await expect(call('./tasks.ts#three')).rejects.toBeInstanceOf(PreparationError);
  });

  it('refuses a file outside of the folder, by path or by link', async () => {
    await writeFile(join(root, 'outside.ts'), 'export const one = () => 1;');
    await symlink(join(root, 'outside.ts'), join(baseDir, 'link.ts'));
    await expect(userCode.explain('./../outside.ts#one')).rejects.toThrow('outside of the plan');
    await expect(userCode.explain('./link.ts#one')).rejects.toThrow('outside of the plan');
    await expect(loadTransform(baseDir, './link.ts#one')).rejects.toThrow('outside of the plan');
  });

  it('keeps the state of a module between calls, and loads a changed file anew', async () => {
    await write('count.ts', 'let calls = 0; export const next = () => ++calls;');
    expect([await call('./count.ts#next'), await call('./count.ts#next')]).toEqual([1, 2]);
    await write('count.ts', 'let calls = 100; export const next = () => ++calls;');
    expect(await call('./count.ts#next')).toBe(101);
  });

  it('lets calls under way end where their file changes, unless it is closed', async () => {
    await write(
      'slow.ts',
      'export const slow = ({ signal }) => new Promise((done) => signal.addEventListener("abort", () => done("old")));',
    );
    await userCode.explain('./slow.ts#slow');
    const under = call('./slow.ts#slow', 5000);
    const never = call('./slow.ts#slow', 60_000).catch((error: unknown) => error);
    await write('slow.ts', 'export const slow = () => "new code";');
    expect(await call('./slow.ts#slow')).toBe('new code');
    expect(await under).toBe('old');
    await userCode.close();
    expect(await never).toBeInstanceOf(UserCodeLostError);
  });

  it('tells why a file cannot be loaded, and loads it once it is mended', async () => {
    await write('broken.ts', 'throw new Error("no configuration"); export const one = 1;');
    await expect(userCode.explain('./broken.ts#one')).rejects.toThrow('no configuration');
    await expect(call('./broken.ts#one')).rejects.toBeInstanceOf(UserFunctionError);
    await write('broken.ts', 'export const one = () => "mended";');
    expect(await call('./broken.ts#one')).toBe('mended');
  });

  it('ends a loop at its deadline; other calls of the file are lost, the next ones are answered', async () => {
    await write(
      'loop.ts',
      'export const spin = () => { for (;;) {} }; export const ok = () => 1; export const wait = () => new Promise(() => {});',
    );
    await call('./loop.ts#ok');
    const other = call('./loop.ts#wait').catch((error: unknown) => error);
    await expect(call('./loop.ts#spin', 1000)).rejects.toBeInstanceOf(UserCodeTimeoutError);
    expect(await other).toBeInstanceOf(UserCodeLostError);
    expect(await call('./loop.ts#ok')).toBe(1);
  });

  it('survives a function that ends its thread or throws outside of a call', async () => {
    await write(
      'rude.ts',
      'export const exit = () => process.exit(3); export const bomb = () => new Promise(() => setTimeout(() => { throw new Error("stray"); }, 1)); export const ok = () => 1;',
    );
    await expect(call('./rude.ts#exit')).rejects.toBeInstanceOf(UserCodeLostError);
    await expect(call('./rude.ts#bomb')).rejects.toThrow('stray');
    expect(await call('./rude.ts#ok')).toBe(1);
  });

  it('hears what user code prints, line by line, and for which step', async () => {
    await write(
      'talk.ts',
      'console.log("loading"); export const talk = () => { console.log("a\\nb"); console.error("c"); process.stdout.write("d"); };',
    );
    await call('./talk.ts#talk');
    const file = join(baseDir, 'talk.ts');
    const step = { runId: 'run-1', component: 'load', step: 0, method: 'forward' };
    expect(lines).toEqual([
      { stream: 'stdout', line: 'loading', file },
      { stream: 'stdout', line: 'a', call: step, file },
      { stream: 'stdout', line: 'b', call: step, file },
      { stream: 'stderr', line: 'c', call: step, file },
      { stream: 'stdout', line: 'd', call: step, file },
    ]);
  });

  it('drops lines beyond ten thousand of one call', async () => {
    await write('flood.ts', 'export const flood = () => { for (let at = 0; at < 20000; at++) console.log(at); };');
    await call('./flood.ts#flood');
    expect(lines).toHaveLength(10_001);
    expect(lines.at(-1)).toMatchObject({ line: '(only the first 10000 lines are kept)' });
  });
});

describe('loadTransform', () => {
  it('loads a function into this process, and anew when its file has changed', async () => {
    await write('shape.ts', 'export const shape = (record: { n: number }) => ({ n: record.n + 1 }); export const text = "no";');
    const first = await loadTransform(baseDir, './shape.ts#shape');
    expect(first({ n: 1 })).toEqual({ n: 2 });
    expect(await loadTransform(baseDir, './shape.ts#shape')).toBe(first);
    await write('shape.ts', 'export const shape = () => [];');
    await utimes(join(baseDir, 'shape.ts'), 1, 1);
    expect((await loadTransform(baseDir, './shape.ts#shape'))({})).toEqual([]);
  });
  it('says what is missing, and why a file cannot be loaded', async () => {
    await write('shape.ts', 'export const text = "no";');
    await write('broken.ts', 'throw new Error("no configuration");');
    await expect(loadTransform(baseDir, './nowhere.ts#shape')).rejects.toThrow('There is no ./nowhere.ts#shape');
    await expect(loadTransform(baseDir, './shape.ts#shape')).rejects.toThrow('does not exist');
    await expect(loadTransform(baseDir, './shape.ts#text')).rejects.toThrow('is no function');
    await expect(loadTransform(baseDir, './broken.ts#text')).rejects.toThrow('no configuration');
  });
});
