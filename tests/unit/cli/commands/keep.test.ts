import { describe, expect, it } from 'vitest';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import { FakeShell } from '../fake-shell.ts';
import { RUN } from '../sample-view.ts';

const { run } = endpoints['keep-run'].example.output;

describe('slipway keep', () => {
  it('keeps a run until a day, by UTC, or a time', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { run } }) });
    expect(await shell.run('keep', RUN, '--until', '2030-12-31', '-m', 'audit')).toBe(0);
    expect(await shell.run('keep', RUN, '--until', '2030-12-31T18:00+01:00')).toBe(0);
    expect(shell.received.map(({ body }) => body)).toMatchObject([
      { until: Date.parse('2030-12-31T00:00:00Z'), reason: 'audit' },
      { until: Date.parse('2030-12-31T17:00:00Z') },
    ]);
    expect(shell.stdout).toContain('It is kept until 2030-12-31T00:00:00.000Z');
  });

  it.each(['soon', '2030-02-30', '2030-13-01', '31.12.2030', '2030-12-31T18:00'])('refuses %s', async (until) => {
    const shell = new FakeShell({ answer: () => ({ body: { run } }) });
    expect(await shell.run('keep', RUN, '--until', until)).toBe(2);
    expect(shell.received).toEqual([]);
  });
});
