import { describe, expect, it } from 'vitest';
import { FakeShell } from '../fake-shell.ts';

const answering = (body: object) => new FakeShell({ answer: () => ({ body }) });

describe('slipway list', () => {
  it('asks for the runs that are wanted', async () => {
    const shell = answering({ runs: [] });
    expect(await shell.run('list', '--environment', 'staging', '--status', 'failed', '--actor', 'ann')).toBe(0);
    expect(shell.received).toMatchObject([{ path: '/v1/runs?limit=20&environment=staging&status=failed&actor=ann' }]);
    expect(shell.stdout).toBe('There are no such runs.\n');
  });

  it('says how to start one where there is none at all', async () => {
    const shell = answering({ runs: [] });
    await shell.run('list');
    expect(shell.stdout).toContain('There are no runs yet.');
  });

  it('refuses a status that no run has', async () => {
    expect(await answering({ runs: [] }).run('list', '--status', 'done')).toBe(2);
  });
});

const RUN = '0'.repeat(26);

describe('a list that goes on', () => {
  it.each([
    [['list', '--status', 'failed', '--plan', 'cities'], { runs: [] }],
    [['rollbacks', '--environment', 'staging', '--cause', 'guardrail'], { rollbacks: [] }],
    [['alerts', 'list', '--environment', 'staging', '--severity', 'critical'], { alerts: [] }],
    [['audit', '--actor', 'ann', '--type', 'flagPut'], { entries: [] }],
    [['quarantine', 'list', RUN, '--component', 'places'], { records: [] }],
    [['plans', 'list', '--environment', 'staging'], { environment: 'staging', plans: [] }],
    [['plans', 'versions', 'cities', '--environment', 'staging'], { environment: 'staging', plans: [] }],
    [['webhooks', 'deliveries', RUN, '--environment', 'staging', '--status', 'dead'], { deliveries: [] }],
    [['locks', 'list', '--limit', '5'], { locks: [] }],
  ])('is gone on with by what it was asked with: %j', async (words, body) => {
    const shell = answering({ ...body, cursor: 'next' });
    expect(await shell.run(...words)).toBe(0);
    const [, more = ''] = /More: slipway (.*)/.exec(shell.stdout) ?? [];
    for (const word of words) expect(more.split(' ')).toContain(word);
    expect(more).toContain('--cursor next');
    expect(await shell.run(...more.split(' '))).toBe(0);
    const [first, second] = shell.received.map(({ path }) => new URL(path, 'http://x'));
    expect(second?.pathname).toBe(first?.pathname);
    for (const [name, value] of first?.searchParams ?? []) expect(second?.searchParams.get(name)).toBe(value);
  });
});
