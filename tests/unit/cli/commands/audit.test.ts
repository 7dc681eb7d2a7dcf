import { describe, expect, it } from 'vitest';
import { FakeShell } from '../fake-shell.ts';

const ENTRY = { at: 1_767_225_600_000, actor: 'ann', type: 'flagPut', of: 'FLAG#test#one', environment: 'test', data: {} };
const whole = (of: string, events = 3) => ({ of, environment: 'test', events, broken: [] });

describe('slipway audit', () => {
  it('tells who did what, and how to see more', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { entries: [ENTRY], cursor: 'next' } }) });
    expect(await shell.run('audit', '--last', '5', '--actor', 'ann', '--type', 'flagPut')).toBe(0);
    expect(shell.received).toMatchObject([{ method: 'GET', path: '/v1/audit?limit=5&actor=ann&type=flagPut' }]);
    expect(shell.stdout).toMatch(/ann +flagPut +test +FLAG#test#one/);
    expect(shell.stdout).toContain('slipway audit --last 5 --actor ann --type flagPut --cursor next');
  });

  it('says where there is nothing', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { entries: [] } }) });
    expect(await shell.run('audit')).toBe(0);
    expect(shell.stdout).toBe('Nothing was found.\n');
  });

  it('prints what a terminal would obey as it is written', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { entries: [{ ...ENTRY, actor: 'a\u001b[31mb' }] } }) });
    await shell.run('audit');
    expect(shell.stdout).not.toContain('\u001b[31m');
  });

  it.each([[['--last', '0']], [['--month', '2026-11']], [['--of', 'RUN#x']]])('refuses %j', async (words) => {
    const shell = new FakeShell();
    expect(await shell.run('audit', ...words)).toBe(2);
    expect(shell.received).toEqual([]);
  });

  it('verifies page by page, and counts each item once', async () => {
    const pages = [
      { items: [whole('FLAG#test#one'), whole('FLAG#test#two')], cursor: 'next' },
      { items: [whole('FLAG#test#one')] },
    ];
    const shell = new FakeShell({ answer: ({ path }) => ({ body: pages[path.includes('cursor=next') ? 1 : 0] }) });
    expect(await shell.run('audit', '--verify', '--month', '2026-11')).toBe(0);
    expect(shell.received.map(({ path }) => path)).toEqual([
      '/v1/audit/verify?month=2026-11',
      '/v1/audit/verify?month=2026-11&cursor=next',
    ]);
    expect(shell.stdout).toBe('2 items with 6 events were verified: every chain is whole.\n');
  });

  it('names what is broken, and ends with 1', async () => {
    const broken = [{ item: 'COMPONENT#a', rev: 7 }];
    const shell = new FakeShell({ answer: () => ({ body: { items: [{ of: 'RUN#r1', events: 9, broken }] } }) });
    expect(await shell.run('audit', '--verify', '--of', 'RUN#r1')).toBe(1);
    expect(shell.stdout).toMatch(/RUN#r1 +COMPONENT#a +7/);
    expect(await shell.run('--json', 'audit', '--verify', '--of', 'RUN#r1')).toBe(1);
    expect(shell.stdout).toContain(
      '{"items":1,"events":9,"broken":[{"of":"RUN#r1","events":9,"broken":[{"item":"COMPONENT#a","rev":7}]}]}',
    );
  });

  it('passes on what the control plane refuses', async () => {
    const body = {
      type: 'x',
      title: 'Not found',
      status: 404,
      code: 'AUDIT_ITEM_NOT_FOUND',
      detail: 'There are no events of x.',
    };
    const shell = new FakeShell({ answer: () => ({ status: 404, body }) });
    expect(await shell.run('audit', '--verify', '--of', 'x')).toBe(6);
    expect(shell.stderr).toContain('There are no events of x.');
  });
});
