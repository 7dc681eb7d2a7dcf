import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { Workplace } from './cli-process.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/api-keys', import.meta.url));
const PASSPHRASE = 'a long enough passphrase';

it('rotates the key of the example as its guide says, from the command line', { timeout: 120_000 }, async () => {
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
  expect((await place.run('secrets', 'list')).stdout).toContain('slipway secrets set NAME');
  const early = await place.run('secrets', 'set', 'api-key', '--system', 'two-keys', '--task', './rotate-key.ts#apiKey');
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('slipway vault init')]);
  await place.give(`${PASSPHRASE}\n`, 'vault', 'init');
  await place.give(PASSPHRASE, 'vault', 'unlock');
  await place.give(first, 'vault', 'put', 'api-key', '--stdin');
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
