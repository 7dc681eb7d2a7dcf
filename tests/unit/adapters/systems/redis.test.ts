import { describe, expect, it } from 'vitest';
import { redis } from '../../../../adapters/systems/redis.ts';

const secret = (more: object = {}) => ({ host: 'h', username: 'app', password: 'p', ...more });

describe('a secret of Redis', () => {
  it.each([
    [{ host: '' }, 'it has no host.'],
    [{ password: undefined }, 'it has no password.'],
    [{ username: '' }, 'its username is empty.'],
    [{ username: 'app on' }, 'holds a blank'],
  ])('is refused as %j', (more, words) => {
    expect(redis.problemOf(secret(more))).toContain(words);
  });

  it('means the default user and the usual port where it names none', () => {
    const bare = { host: 'h', password: 'p' };
    expect(redis.problemOf(bare)).toBeUndefined();
    expect(redis.identityOf(bare)).toBe(redis.identityOf({ ...bare, username: 'default', port: '6379' }));
    expect(redis.identityOf(bare)).not.toBe(redis.identityOf(secret()));
  });
});
