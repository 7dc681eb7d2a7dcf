import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedCode } from '../../../local/embedded-code.ts';
import { taskInput } from '../../contracts/user-code-contract.ts';

let root: string;
let code: EmbeddedCode;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'slipway-code-')));
  code = new EmbeddedCode(() => {});
});
afterEach(async () => {
  await code.close();
  await rm(root, { recursive: true });
});

/** How often the functions of a folder have been called in the thread that they have now. */
async function callIn(name: string): Promise<unknown> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tasks.ts'), 'let calls = 0; export const next = () => ++calls;', { flag: 'wx' }).catch(() => {});
  return code.userCode(folder).call('./tasks.ts#next', 'forward', taskInput(), Date.now() + 20_000);
}

describe('EmbeddedCode', () => {
  it('keeps few threads at rest, however many folders plans come from', async () => {
    for (let at = 0; at < 17; at += 1) expect(await callIn(`plan-${at}`)).toBe(1);
    expect(await callIn('plan-16')).toBe(2);
    expect(await callIn('plan-0')).toBe(1);
  });

  it('leaves threads alone when it forgets where files were found', async () => {
    expect(await callIn('plan')).toBe(1);
    for (let at = 0; at < 1000; at += 1) expect(await code.userCode(join(root, `gone-${at}`)).shape('a-task')).toBeUndefined();
    expect(await callIn('plan')).toBe(2);
  });
});
