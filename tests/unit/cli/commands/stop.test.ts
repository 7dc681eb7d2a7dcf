import { describe, expect, it } from 'vitest';
import { FakeShell } from '../fake-shell.ts';
import { RUN } from '../sample-view.ts';

const stopped = (more: object = {}) => ({
  body: { environment: 'local', halted: true, flags: ['new-search'], runs: [RUN], problems: [], ...more },
});

const problem = (status: number, code: string) => ({ type: 'about:blank', title: 'No', status, code, detail: 'It is so.' });

describe('slipway stop', () => {
  it('stops once a person has said yes, and tells what goes back and how to lift it', async () => {
    const shell = new FakeShell({ answer: () => stopped(), replies: ['y'] });
    expect(await shell.run('stop', '--emergency', '-m', 'all is red')).toBe(0);
    expect(shell.asked).toHaveLength(1);
    expect(shell.received).toMatchObject([{ path: '/v1/emergency-stop', body: { reason: 'all is red', lift: false } }]);
    expect(shell.stdout).toContain('flag new-search is on its old side');
    expect(shell.stdout).toContain(`run ${RUN} goes back`);
    expect(shell.stdout).toContain('slipway stop --lift --environment local -m REASON');
  });

  it.each([['n'], [''], ['yesterday']])('stops nothing where the answer is %j, and ends with 8', async (reply) => {
    const shell = new FakeShell({ answer: () => stopped(), replies: [reply] });
    expect(await shell.run('stop', '--emergency', '-m', 'x')).toBe(8);
    expect(shell.received).toEqual([]);
  });

  it('needs --yes where nobody can be asked', async () => {
    const shell = new FakeShell({ answer: () => stopped() });
    expect(await shell.run('stop', '--emergency', '-m', 'x')).toBe(2);
    expect(shell.stderr).toContain('Add --yes.');
    expect(shell.received).toEqual([]);
    expect(await shell.run('stop', '--emergency', '-m', 'x', '--yes', '--environment', 'staging')).toBe(0);
    expect(shell.received).toMatchObject([{ body: { environment: 'staging' } }]);
  });

  it('ends with 1 where there were problems, and names them', async () => {
    const shell = new FakeShell({ answer: () => stopped({ problems: ['run r9: no answer'] }) });
    expect(await shell.run('stop', '--emergency', '-m', 'x', '--yes')).toBe(1);
    expect(shell.stdout).toContain('1 problem:\n  run r9: no answer');
  });

  it('lifts a stop without asking', async () => {
    const shell = new FakeShell({ answer: () => stopped({ halted: false, flags: [], runs: [] }) });
    expect(await shell.run('stop', '--lift', '-m', 'mended')).toBe(0);
    expect(shell.received).toMatchObject([{ body: { lift: true, reason: 'mended' } }]);
    expect(shell.stdout).toContain('local is free again');
  });

  it.each([
    ['API Gateway alone answers', { status: 500, body: { message: 'Internal Server Error' } }],
    ['the control plane fails', { status: 500, body: problem(500, 'INTERNAL') }],
  ])('names the way by the table where %s', async (_, answer) => {
    const shell = new FakeShell({ answer: () => answer });
    expect(await shell.run('stop', '--emergency', '-m', 'x', '--yes', '--environment', 'production')).toBe(1);
    expect(shell.stderr).toContain('--environment production --table slipway-production --region REGION');
  });

  it('does not where it is refused', async () => {
    const refused = problem(403, 'FORBIDDEN');
    const shell = new FakeShell({ answer: () => ({ status: 403, body: refused }) });
    expect(await shell.run('stop', '--emergency', '-m', 'x', '--yes')).not.toBe(0);
    expect(shell.stderr).not.toContain('--table');
  });

  it('names the way by the table where the control plane does not answer', async () => {
    const shell = new FakeShell();
    expect(await shell.run('stop', '--emergency', '-m', 'x', '--yes', '--environment', 'production')).toBe(1);
    expect(shell.stderr).toContain('--environment production --table slipway-production --region REGION');
  });

  it.each([
    [['-m', 'x'], 'Say --emergency'],
    [['--emergency', '--lift', '-m', 'x'], 'Say --emergency'],
    [['--emergency', '--yes'], '-m, --message <reason>'],
    [['--emergency', '--yes', '-m', 'x', '--region', 'r'], 'go with --table'],
    [['--emergency', '--yes', '-m', 'x', '--table', 't'], '--table goes with --environment'],
  ])('refuses %j and stops nothing', async (words, told) => {
    const shell = new FakeShell({ answer: () => stopped() });
    expect(await shell.run('stop', ...words)).toBe(2);
    expect(shell.stderr).toContain(told);
    expect(shell.received).toEqual([]);
  });
});
