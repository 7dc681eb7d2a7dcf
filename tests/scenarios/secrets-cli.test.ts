import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { Workplace } from './cli-process.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/api-keys', import.meta.url));
const PASSPHRASE = 'a long enough passphrase';

/** A control plane in the folder of the example, whose service runs beside it. */
async function opened(): Promise<{ readonly place: Workplace; readonly first: string }> {
  const place = await Workplace.open();
  const service = spawn(process.execPath, ['serve.ts'], { cwd: EXAMPLE, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(async () => {
    service.kill();
    await place.run('vault', 'lock');
    await place.close();
  });
  await cp(EXAMPLE, place.cwd, { recursive: true });
  const [first] = (await once(createInterface({ input: service.stdout }), 'line')) as [string];
  await place.dev();
  return { place, first };
}

async function unlocked(place: Workplace, first: string): Promise<void> {
  await place.give(`${PASSPHRASE}\n`, 'vault', 'init');
  await place.give(PASSPHRASE, 'vault', 'unlock');
  await place.give(first, 'vault', 'put', 'api-key', '--stdin');
}

it('rotates the key of the example as its guide says, from the command line', { timeout: 120_000 }, async () => {
  const { place, first } = await opened();
  expect((await place.run('secrets', 'list')).stdout).toContain('slipway secrets set NAME');
  const early = await place.run('secrets', 'set', 'api-key', '--system', 'two-keys', '--task', './rotate-key.ts#apiKey');
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('slipway vault init')]);
  await unlocked(place, first);
  const set = await place.run('secrets', 'set', 'api-key', '--system', 'two-keys', '--task', './rotate-key.ts#apiKey');
  expect(set).toMatchObject({ code: 0 });

  const rotated = await place.run('secrets', 'rotate', 'api-key');
  expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringContaining('api-key is rotated.')]);
  expect(rotated.stderr.match(/^\d\/4/gm)).toEqual(['1/4', '2/4', '3/4', '4/4']);
  expect((await place.run('vault', 'get', 'api-key')).stdout).not.toContain('the-first-key');
  const busy = await place.run('secrets', 'rotate', 'api-key');
  expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining('valid still until')]);
  expect((await place.run('secrets', 'restore', 'api-key')).stdout).toContain('is what it was before');
  expect(JSON.parse((await place.run('vault', 'get', 'api-key')).stdout)).toEqual(JSON.parse(first));
  const played = await place.run('--json', 'secrets', 'rotate', 'api-key', '--simulate', 'crash-after-value');
  expect(JSON.parse(played.stdout)).toMatchObject({ outcome: 'rotated', deaths: 1, logins: { refused: 0 } });
  const told = await place.run('secrets', 'history', 'api-key');
  expect(`${rotated.stdout}${rotated.stderr}${told.stdout}`).not.toContain('the-first-key');
});

it('rotates the key by the plan of the example, takes it back, and says when that cannot be done any more', {
  timeout: 180_000,
}, async () => {
  const { place, first } = await opened();
  await unlocked(place, first);
  await place.run('secrets', 'set', 'api-key', '--system', 'two-keys', '--task', './rotate-key.ts#apiKey');
  const text = await readFile(join(EXAMPLE, 'plan.yaml'), 'utf8');
  const plan = async (overlap: string, health = `${JSON.parse(first).service}/health`): Promise<string> => {
    const changed = text.replace('http://127.0.0.1:8787/health', health).replace('overlap: 10m', `overlap: ${overlap}`);
    await writeFile(join(place.cwd, 'plan.yaml'), changed);
    return 'plan.yaml';
  };
  const value = async () => JSON.parse((await place.run('vault', 'get', 'api-key')).stdout);
  const shown = async () => (await place.run('secrets', 'show', 'api-key')).stdout;
  const watched = async (...words: string[]) => {
    const ended = await place.run('--json', ...words, '--watch');
    return { code: ended.code, run: JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '') };
  };

  const dry = await place.run('start', await plan('10m'), '--dry-run');
  expect([dry.code, dry.stdout]).toEqual([7, expect.stringContaining('api-key')]);
  expect(await value()).toEqual(JSON.parse(first));
  const rotated = await watched('start', await plan('10m'));
  expect([rotated.code, rotated.run]).toEqual([0, expect.objectContaining({ status: 'succeeded' })]);
  expect((await value()).key).not.toBe('the-first-key');
  expect(await shown()).toContain('both are valid until');
  const back = await watched('rollback', rotated.run.id, '-m', 'a consumer was forgotten');
  expect([back.code, back.run.status]).toEqual([0, 'rolled-back']);
  expect(await value()).toEqual(JSON.parse(first));

  // The key that was taken back has its time still: on suspicion it goes at once.
  expect((await place.run('secrets', 'rotate', 'api-key', '--now', '--revoke-old')).code).toBe(0);
  const before = await value();
  const unwell = await watched('start', await plan('10m', 'http://127.0.0.1:9/'));
  expect([unwell.code, unwell.run.status]).toEqual([4, 'rolled-back']);
  expect(await value()).toEqual(before);

  expect((await place.run('secrets', 'rotate', 'api-key', '--now', '--revoke-old')).code).toBe(0);
  const short = await watched('start', await plan('1s'));
  expect(short.run.status).toBe('succeeded');
  await expect.poll(shown, { timeout: 60_000, interval: 500 }).toContain('the old one was revoked');
  const after = await value();
  const late = await watched('rollback', short.run.id, '-m', 'too late');
  expect([late.code, late.run.status]).toEqual([4, 'rollback-failed']);
  const status = await place.run('status', short.run.id);
  expect(status.stdout).toContain('valid no more; the new one stays');
  expect(await value()).toEqual(after);
  for (const key of ['the-first-key', before.key, after.key]) expect(`${dry.stdout}${status.stdout}`).not.toContain(key);
});
