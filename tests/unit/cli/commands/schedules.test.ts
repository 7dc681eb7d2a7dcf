import { describe, expect, it } from 'vitest';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import { FakeShell } from '../fake-shell.ts';

const SCHEDULE = endpoints['get-schedule'].example.output;

describe('slipway schedules', () => {
  it('tells when an expression would be due, without a control plane', async () => {
    const shell = new FakeShell();
    const asked = ['schedules', 'next', 'cron(0 9 ? * MON-FRI *)', '--timezone', 'Europe/Berlin', '-n', '3'];
    expect(await shell.run('--json', ...asked)).toBe(0);
    const { timezone, next } = JSON.parse(shell.stdout);
    expect(timezone).toBe('Europe/Berlin');
    expect(next).toHaveLength(3);
    const clocks = new Intl.DateTimeFormat('en', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hour12: false });
    for (const at of next) expect(clocks.format(at)).toBe('09:00');
    expect(shell.received).toEqual([]);
  });

  it('refuses an expression that is none, and a name that cannot be one', async () => {
    const shell = new FakeShell();
    expect(await shell.run('schedules', 'next', 'cron(now)')).not.toBe(0);
    expect(await shell.run('schedules', 'get', 'No/Name')).toBe(2);
    expect(shell.received).toEqual([]);
  });

  it.each(['pause', 'resume', 'delete'])('asks to %s it, with the reason and the revision', async (verb) => {
    const shell = new FakeShell({ answer: () => ({ body: SCHEDULE }) });
    expect(await shell.run('schedules', verb, 'nightly', '-m', 'holidays', '--if-rev', '2')).toBe(0);
    expect(shell.received).toHaveLength(1);
    expect(shell.received[0]?.path).toContain('/v1/schedules/nightly');
    expect(JSON.stringify(shell.received[0])).toContain('holidays');
  });

  it('lists them, and says how to make the first', async () => {
    const none = new FakeShell({ answer: () => ({ body: { environment: 'staging', schedules: [] } }) });
    expect(await none.run('schedules', 'list', '--environment', 'staging')).toBe(0);
    expect(none.stdout).toContain('slipway schedules set nightly');
    const some = new FakeShell({ answer: () => ({ body: { environment: 'production', schedules: [SCHEDULE] } }) });
    expect(await some.run('schedules', 'list')).toBe(0);
    expect(some.stdout).toContain('nightly');
  });
});
