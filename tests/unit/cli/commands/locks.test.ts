import { describe, expect, it } from 'vitest';
import { lockEndpoints } from '../../../../shared/api/lock-endpoints.ts';
import { FakeShell } from '../fake-shell.ts';

const { locks } = lockEndpoints['list-locks'].example.output;
const RESOURCE = 'target:production/cities';
const HOLDER = String(locks[0]?.holder);
const broken = () => ({ body: { resource: RESOURCE, holder: HOLDER, status: 'stopped' } });
const words = ['locks', 'break', HOLDER, RESOURCE, '-m', 'nobody will take it up'];

describe('slipway locks', () => {
  it('lists what is held, by whom', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { locks } }) });
    expect(await shell.run('locks', 'list')).toBe(0);
    expect(shell.received).toMatchObject([{ method: 'GET', path: expect.stringMatching(/^\/v1\/locks/) }]);
    for (const part of [RESOURCE, HOLDER]) expect(shell.stdout).toContain(part);
  });

  it('breaks one once a person has said yes, with the resource once more', async () => {
    const shell = new FakeShell({ answer: broken, replies: ['y'] });
    expect(await shell.run(...words)).toBe(0);
    expect(shell.asked).toHaveLength(1);
    expect(shell.received).toMatchObject([
      {
        path: `/v1/runs/${HOLDER}/locks/break`,
        body: { resource: RESOURCE, confirm: RESOURCE, reason: 'nobody will take it up' },
      },
    ]);
  });

  it('breaks nothing where the answer is no, or nobody can be asked', async () => {
    const shell = new FakeShell({ answer: broken, replies: ['n'] });
    expect(await shell.run(...words)).not.toBe(0);
    expect(shell.received).toEqual([]);
    const alone = new FakeShell({ answer: broken });
    expect(await alone.run(...words)).toBe(2);
    expect(alone.received).toEqual([]);
    expect(await alone.run(...words, '--yes')).toBe(0);
    expect(alone.received).toHaveLength(1);
  });
});
