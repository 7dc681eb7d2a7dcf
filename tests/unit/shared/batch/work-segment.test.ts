import { describe, expect, it } from 'vitest';
import { BatchWorld } from './batch-world.ts';

describe('workSegment', () => {
  it('migrates every record into an empty target', async () => {
    const world = new BatchWorld();
    await world.prepare();
    expect(await world.work()).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
    const contents = await world.contents('persons');
    expect(contents).toHaveLength(200);
    expect(contents).toContainEqual({ pk: 'P#17', fullName: 'Person 17', city: 'City 3' });
    expect(await world.totals()).toMatchObject({ read: 200, written: 200, quarantined: 0, kept: 0 });
    expect((await world.totals()).sum).toEqual(await world.checksum('persons'));
  });
});
