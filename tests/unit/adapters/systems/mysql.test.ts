import { describe, expect, it } from 'vitest';
import { mysql } from '../../../../adapters/systems/mysql.ts';
import {
  type Account,
  mariaDbAccount,
  mariaDbStatements,
  mySqlStatements,
  nativeHash,
} from '../../../../adapters/systems/mysql-statements.ts';

const secret = (more: object = {}) => ({ host: 'h', username: 'app', password: 'p', ...more });
const account = (more: Partial<Account> = {}): Account => ({
  ...{ user: 'app', host: '%', second: false },
  ways: [{ plugin: 'mysql_native_password', hash: nativeHash('old') }],
  ...more,
});
const via = (...passwords: string[]) =>
  passwords.map((password) => `mysql_native_password USING '${nativeHash(password)}'`).join(' OR ');

describe('the hash of a password', () => {
  it("is the server's own", () => {
    // As PASSWORD('password') answers it.
    expect(nativeHash('password')).toBe('*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19');
  });
});

describe('a secret of MySQL', () => {
  it.each([
    [{ password: '' }, 'it has no password.'],
    [{ host: undefined }, 'it has no host.'],
    [{ username: 'a\0' }, 'holds a NUL'],
  ])('is refused as %j', (more, words) => {
    expect(mysql.problemOf(secret(more))).toContain(words);
  });

  it('names the same account whether its port is written or not', () => {
    expect(mysql.identityOf(secret())).toBe(mysql.identityOf(secret({ port: '3306', password: 'x' })));
    for (const more of [{ host: 'x' }, { port: 1 }, { username: 'x' }])
      expect(mysql.identityOf(secret(more))).not.toBe(mysql.identityOf(secret()));
  });
});

describe("MariaDB's statements", () => {
  it('let both passwords in, and the kept one alone once the other is dropped', () => {
    expect(mariaDbStatements([account()], { add: 'new', keep: 'old' })).toEqual([
      `ALTER USER \`app\`@\`%\` IDENTIFIED VIA ${via('new', 'old')}`,
    ]);
    expect(mariaDbStatements([account()], { keep: 'old' })).toEqual([`ALTER USER \`app\`@\`%\` IDENTIFIED VIA ${via('old')}`]);
  });

  it('keep what is there while a password is added: a secret may be wrong', () => {
    expect(mariaDbStatements([account()], { add: 'new', keep: 'wrong' })[0]).toContain(via('new', 'wrong', 'old'));
  });

  it('refuse accounts that do not follow, and other plugins', () => {
    const other = account({ host: '10.0.0.1', ways: [{ plugin: 'mysql_native_password', hash: nativeHash('else') }] });
    expect(() => mariaDbStatements([account(), other], { add: 'new', keep: 'old' })).toThrow(/10\.0\.0\.1.*another password/);
    expect(() => mariaDbStatements([account({ ways: [{ plugin: 'ed25519', hash: 'x' }] })], { keep: 'old' })).toThrow(
      /another plugin/,
    );
  });

  it('are the same for an account that has both already', () => {
    const both = { plugin: 'mysql_native_password', hash: nativeHash('new') };
    const again = account({ ways: [both, ...account().ways] });
    const passwords = { add: 'new', keep: 'old' };
    expect(mariaDbStatements([again], passwords)).toEqual(mariaDbStatements([account()], passwords));
  });

  it('quote a name that is SQL', () => {
    expect(mariaDbStatements([account({ user: 'a`@`b' })], { keep: 'old' })[0]).toContain('ALTER USER `a``@``b`@`%` ');
  });

  it('take what the server keeps apart', () => {
    const priv = '{"plugin":"p","authentication_string":"1","auth_or":[{},{"plugin":"q","authentication_string":"2"}]}';
    expect(mariaDbAccount('app', '%', priv).ways).toEqual([
      { plugin: 'p', hash: '1' },
      { plugin: 'q', hash: '2' },
    ]);
    expect(mariaDbAccount('app', '%', '{"plugin":"p","authentication_string":"1"}').ways).toEqual([{ plugin: 'p', hash: '1' }]);
  });
});

describe("MySQL's statements", () => {
  it('retain the current password once, and leave it where it is on a repeat', () => {
    const accounts = [account(), account({ host: 'localhost', second: true })];
    expect(mySqlStatements(accounts, { add: `n'e\\w`, keep: 'old' })).toEqual([
      `ALTER USER \`app\`@\`%\` IDENTIFIED BY 'n''e\\w' RETAIN CURRENT PASSWORD, \`app\`@\`localhost\` IDENTIFIED BY 'n''e\\w'`,
    ]);
  });

  it('make the kept password the first one and discard the other, whichever was which', () => {
    expect(mySqlStatements([account()], { keep: 'old' })).toEqual([
      "ALTER USER `app`@`%` IDENTIFIED BY 'old'",
      'ALTER USER `app`@`%` DISCARD OLD PASSWORD',
    ]);
  });
});
