import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileArtefacts } from '../../../../adapters/embedded/file-artefacts.ts';

let directory: string;
let artefacts: FileArtefacts;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-artefacts-'));
  artefacts = new FileArtefacts(directory);
});
afterEach(() => rm(directory, { recursive: true }));

const folders = async () =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

describe('FileArtefacts', () => {
  it('leaves no folders of what was removed', async () => {
    const keys = ['runs/1/load/manifest', 'runs/1/load/parts/0', 'runs/1/load/parts/1', 'runs/2/report'];
    for (const key of keys) await artefacts.putOnce(key, Buffer.from(key));
    await Promise.all(keys.slice(0, 3).map((key) => artefacts.remove(key)));
    expect(await folders()).toEqual(['runs', 'runs/2']);
    await artefacts.remove('runs/2/report');
    expect(await folders()).toEqual([]);
    await artefacts.remove('runs/2/report');
    expect(await artefacts.putOnce('runs/2/report', Buffer.from('again'))).toBe(true);
  });

  it('drops what a killed process has not finished, and nothing else', async () => {
    await artefacts.putOnce('plans/kept.json', Buffer.from('{}'));
    await mkdir(join(directory, '.unfinished'), { recursive: true });
    await writeFile(join(directory, '.unfinished', 'half-a-manifest'), 'x'.repeat(1000));
    await artefacts.dropUnfinished();
    expect(await readdir(directory)).toEqual(['plans']);
    await artefacts.dropUnfinished();
    expect(await artefacts.putOnce('plans/other.json', Buffer.from('{}'))).toBe(true);
  });
});
