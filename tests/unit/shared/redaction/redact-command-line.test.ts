import { describe, expect, it } from 'vitest';
import { redactCommandLine } from '../../../../shared/redaction/redact-command-line.ts';

describe('redactCommandLine', () => {
  it.each([
    [
      ['tool', '--password', 'x', 'file'],
      ['tool', '--password', '[redacted]', 'file'],
    ],
    [
      ['tool', '--token=x'],
      ['tool', '--token=[redacted]'],
    ],
    [
      ['tool', '--token=a b "c'],
      ['tool', '--token=[redacted]'],
    ],
    [
      ['mysql', '-uroot', '-p1234', 'main'],
      ['mysql', '-uroot', '-p[redacted]', 'main'],
    ],
    [
      ['/usr/bin/sshpass', '-p', 'x', 'ssh', 'h'],
      ['/usr/bin/sshpass', '-p', '[redacted]', 'ssh', 'h'],
    ],
    [
      ['ssh', '-p2222', 'host'],
      ['ssh', '-p2222', 'host'],
    ],
    [
      ['tool', '-phunter2'],
      ['tool', '-p[redacted]'],
    ],
    [
      ['curl', '-u', 'ann:x', '-H', 'Authorization: Bearer abcdef0123456789', 'https://a:b@h/'],
      ['curl', '-u', '[redacted]', '-H', 'Authorization: Bearer [redacted]', 'https://a:[redacted]@h/'],
    ],
    [
      ['env', 'PGPASSWORD=x y', 'psql'],
      ['env', 'PGPASSWORD=[redacted]', 'psql'],
    ],
    [
      ['redis-cli', '-a', 'x'],
      ['redis-cli', '-a', '[redacted]'],
    ],
    [
      ['tool', '--token-count', '3', '--secret-name=db'],
      ['tool', '--token-count', '3', '--secret-name=db'],
    ],
    [[], []],
  ])('%j', (argv, told) => {
    expect(redactCommandLine(argv)).toEqual(told);
    expect(redactCommandLine(told)).toEqual(told);
  });
});
