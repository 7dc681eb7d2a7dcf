import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { userName } from '../../../../adapters/embedded/user-name.ts';

/** As Node says it of a user who is not in /etc/passwd. */
const nameless = () => {
  throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)');
};

describe('the name of whoever runs a process', () => {
  it('is the one that the machine knows', () => {
    expect(userName()).toBe(userInfo().username);
    expect(userName(() => ({ username: 'ada' }), 7)).toBe('ada');
  });

  it('is a number where the machine knows none, as in a container', () => {
    expect(userName(nameless, 10_001)).toBe('uid-10001');
  });
});
