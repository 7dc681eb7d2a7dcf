import { expect, it, onTestFinished } from 'vitest';
import { postgresql } from '../../../adapters/systems/postgresql.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { Workplace } from '../../scenarios/cli-process.ts';
import { missingPostgreSql, PostgreSqlServer } from '../servers/postgresql-server.ts';

const missing = missingPostgreSql();
if (missing && process.env['CI']) throw new Error(missing);

/** docs/secrets.md, as a newcomer would follow it. */
it.skipIf(missing)('rotates a password of PostgreSQL from an empty folder', { timeout: 180_000 }, async () => {
  const server = await PostgreSqlServer.start();
  onTestFinished(() => server.close());
  const place = await Workplace.open();
  onTestFinished(async () => {
    await place.run('vault', 'lock');
    await place.close();
  });
  const put = (name: string, value: SecretFields) => place.give(JSON.stringify(value), 'vault', 'put', name, '--stdin');
  const value = async (): Promise<SecretFields> => JSON.parse((await place.run('vault', 'get', 'orders/db')).stdout);

  expect(await place.give('a long enough passphrase\n', 'vault', 'init')).toMatchObject({ code: 0 });
  await place.dev();
  expect((await place.run('secrets', 'set', 'orders/db', '--system', 'postgresql')).stderr).toContain('slipway vault unlock');
  expect(await place.give('a long enough passphrase', 'vault', 'unlock')).toMatchObject({ code: 0 });
  await put('orders/db-master', server.master);
  await put('orders/db', { ...server.first, masterarn: 'orders/db-master' });
  expect(await place.run('secrets', 'set', 'orders/db', '--system', 'postgresql', '--overlap', '2s')).toMatchObject({ code: 0 });

  const before = await value();
  const rotated = await place.run('secrets', 'rotate', 'orders/db');
  expect(rotated).toMatchObject({ code: 0 });
  expect(rotated.stderr).toContain('4/4');
  const after = await value();
  expect(after['username']).toBe('app_clone');
  expect(await postgresql.admits(after)).toBe(true);
  await expect.poll(() => postgresql.admits(before), { timeout: 60_000, interval: 500 }).toBe(false);
  await expect
    .poll(async () => (await place.run('secrets', 'show', 'orders/db')).stdout, { timeout: 30_000, interval: 500 })
    .toContain('the old one was revoked');
  const late = await place.run('secrets', 'restore', 'orders/db');
  expect(late.stderr).toContain('valid no more');

  const suspected = await place.run('--json', 'secrets', 'rotate', 'orders/db', '--now', '--revoke-old', '-m', 'it was in a log');
  expect(JSON.parse(suspected.stdout)).toMatchObject({ status: 'done', window: { status: 'revoked', suspect: true } });
  expect(await postgresql.admits(after)).toBe(false);
  const told = `${rotated.stdout}${rotated.stderr}${suspected.stdout}${(await place.run('secrets', 'history', 'orders/db')).stdout}`;
  for (const { password } of [before, after, await value()]) expect(told).not.toContain(String(password));
});
