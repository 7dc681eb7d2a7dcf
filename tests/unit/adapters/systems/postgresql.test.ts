import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postgresql, postgresqlSingleUser } from '../../../../adapters/systems/postgresql.ts';

const secret = (more: object = {}) => ({ host: 'h', port: 5432, dbname: 'shop', username: 'app', password: 'p', ...more });

describe('PostgreSQL', () => {
  it('lets two roles take turns', () => {
    const make = () => 'new';
    expect(postgresql.next(secret(), make, '')).toEqual({ username: 'app_clone', password: 'new' });
    expect(postgresql.next(secret({ username: 'app_clone' }), make, '')).toEqual({ username: 'app', password: 'new' });
    expect(postgresqlSingleUser.next(secret(), make, '')).toEqual({ password: 'new' });
  });

  it('knows both roles as one, and another host, port, database or role as another', () => {
    const same = postgresql.identityOf(secret());
    expect(postgresql.identityOf(secret({ username: 'app_clone', port: '5432' }))).toBe(same);
    for (const more of [{ host: 'x' }, { port: 1 }, { dbname: 'x' }, { username: 'x' }])
      expect(postgresql.identityOf(secret(more))).not.toBe(same);
  });

  it.each([
    [{ password: undefined }, 'it has no password.'],
    [{ host: '' }, 'it has no host.'],
    [{ username: 'a\0b' }, 'holds a NUL'],
    [{ username: 'a'.repeat(58) }, 'cut them off'],
  ])('says what is wrong with %j', (more, words) => {
    expect(postgresql.problemOf(secret(more))).toContain(words);
  });

  it('takes turns for ever, whatever the role is called', () => {
    return fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 20 }), async (username) => {
        fc.pre(!username.endsWith('_clone'));
        const second = { ...secret({ username }), ...(await postgresql.next(secret({ username }), () => 'x', '')) };
        expect(await postgresql.next(second, () => 'y', '')).toEqual({ username, password: 'y' });
        expect(postgresql.identityOf(second)).toBe(postgresql.identityOf(secret({ username })));
      }),
    );
  });
});
