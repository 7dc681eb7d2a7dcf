import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileAlarmShelf } from '../../../../../adapters/embedded/metrics/file-alarm-shelf.ts';
import { anAlarm } from '../../../../contracts/alarms-contract.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-alarms-'));
});
afterEach(() => rm(folder, { recursive: true }));

const kept = { alarm: anAlarm('errors'), state: 'ALARM' as const, reason: '2 of 3', untold: '{}' };

describe('FileAlarmShelf', () => {
  it('reads what was written last, and nothing at first', async () => {
    const path = join(folder, 'deep', 'alarms.json');
    expect(await new FileAlarmShelf(path).read()).toEqual([]);
    await new FileAlarmShelf(path).write([kept, kept]);
    await new FileAlarmShelf(path).write([kept]);
    expect(await new FileAlarmShelf(path).read()).toEqual([kept]);
  });

  it('refuses what it cannot read, and leaves it as it is', async () => {
    const path = join(folder, 'alarms.json');
    const problems = { '{"format":1,"alarms":[{}]}': 'corrupted', '{': 'corrupted', '{"format":2}': 'newer' };
    for (const [text, problem] of Object.entries(problems)) {
      await writeFile(path, text);
      await expect(new FileAlarmShelf(path).read()).rejects.toMatchObject({ name: 'DataDirectoryError', problem });
      expect(await readFile(path, 'utf8')).toBe(text);
    }
    await expect(new FileAlarmShelf(folder).read()).rejects.toMatchObject({ problem: 'unusable' });
    await expect(new FileAlarmShelf(join(path, 'below')).write([])).rejects.toMatchObject({ problem: 'unusable' });
  });
});
