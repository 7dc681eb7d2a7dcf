import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Workplace } from './cli-process.ts';

const report = z.strictObject({
  run: z.string(),
  status: z.string(),
  records: z.strictObject({ read: z.number(), written: z.number(), quarantined: z.number() }),
  verification: z.strictObject({ compared: z.number(), mismatches: z.number() }),
  writes: z.strictObject({ data: z.number(), checkpoints: z.number(), events: z.number() }),
  seconds: z.number(),
});

describe('the demo', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await Workplace.open();
  });
  afterAll(() => place.close());

  it('migrates cities and prints one document', { timeout: 60_000 }, async () => {
    const ended = await place.run('demo', '--records', '2500', '--no-rollout', '--json');
    expect(ended.code, ended.stderr).toBe(0);
    expect(report.parse(JSON.parse(ended.stdout))).toMatchObject({
      status: 'succeeded',
      records: { read: 2500, written: 2500, quarantined: 0 },
      verification: { compared: 2500, mismatches: 0 },
      writes: { data: 2500 },
    });
    expect(ended.stderr).toContain('2,500 cities');
    await expect(access(join(place.cwd, '.slipway/demo'))).rejects.toThrow('ENOENT');
  });

  it('keeps its data where it is asked to, and takes the place of an earlier demo', { timeout: 60_000 }, async () => {
    for (const records of ['20', '10']) {
      const ended = await place.run('demo', '--records', records, '--no-rollout', '--keep');
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stdout).toContain(`${records} compared, 0 mismatches`);
      expect(ended.stderr).toContain('slipway dev --data-dir .slipway/demo');
    }
    await access(join(place.cwd, '.slipway/demo/store'));
  });

  it('leaves a directory alone that no demo made', async () => {
    await mkdir(join(place.cwd, 'mine'));
    await writeFile(join(place.cwd, 'mine/thesis.txt'), 'all of it');
    const ended = await place.run('demo', '--data-dir', 'mine');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('holds files that no demo made');
    await access(join(place.cwd, 'mine/thesis.txt'));
  });

  it('refuses to break a rollout that it leaves out, and to break it at no stage', async () => {
    const neither = await place.run('demo', '--no-rollout', '--fault', 'errors');
    expect(neither.code).toBe(2);
    expect(neither.stderr).toContain('--no-rollout leaves it out');
    const nowhere = await place.run('demo', '--fault', 'errors', '--at', '30');
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('one of 1, 10, 50, 100');
  });

  it('stops cleanly at Ctrl-C in the middle of the rollout, with all its processes', { timeout: 60_000 }, async () => {
    const demo = place.start('demo', '--records', '100', '--data-dir', 'rolling');
    await demo.says('Rolling the new search out');
    demo.signal('SIGINT');
    expect((await demo.ended).code).toBe(8);
    await expect(access(join(place.cwd, 'rolling'))).rejects.toThrow('ENOENT');
  });

  it('stops cleanly at Ctrl-C', { timeout: 60_000 }, async () => {
    const demo = place.start('demo', '--data-dir', 'stopped');
    await demo.says('cities loaded');
    demo.signal('SIGINT');
    expect((await demo.ended).code).toBe(8);
    await expect(access(join(place.cwd, 'stopped'))).rejects.toThrow('ENOENT');
  });
});
