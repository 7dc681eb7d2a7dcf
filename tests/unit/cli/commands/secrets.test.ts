import { describe, expect, it } from 'vitest';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import type { SecretDetail } from '../../../../shared/api/secrets.ts';
import { FakeShell, type Received } from '../fake-shell.ts';

const DETAIL: SecretDetail = endpoints['get-secret'].example.output;
const ASKED = { ...endpoints['ask-rotation'].example.output, version: 'v2' };
const absent = { status: 404, body: problem(404, 'SECRET_NOT_FOUND', 'Slipway rotates no secret db in production.') };

function problem(status: number, code: string, detail: string) {
  return { type: 'urn:slipway:problem:x', title: 'No', status, code, detail, next: 'slipway secrets list' };
}

const detail = (rotation: SecretDetail['rotation']): { body: SecretDetail } => ({ body: { ...DETAIL, rotation } });

/** Answers what is asked for by method and the end of the path; what is looked at tells one standing after the other. */
const rotating = (...standings: NonNullable<SecretDetail['rotation']>[]) => {
  const waiting = [...standings];
  return new FakeShell({
    answer: ({ method }: Received) =>
      method === 'POST' ? { body: ASKED } : detail(waiting.length > 1 ? waiting.shift() : waiting[0]),
  });
};

describe('slipway secrets', () => {
  it('tells of each step of a rotation, once, and why one has to wait', async () => {
    const failure = { step: 'setSecret', code: 'SERVER_UNAVAILABLE', message: 'It is down.', retryable: true, at: 1 };
    const waits = { version: 'v2', status: 'pending', step: 'setSecret', failure } as const;
    const shell = rotating(
      waits,
      waits,
      { version: 'v2', status: 'pending', step: 'finishSecret' },
      { version: 'v2', status: 'done' },
    );
    expect(await shell.run('secrets', 'rotate', 'orders/db')).toBe(0);
    expect(shell.stderr.split('\n')).toEqual([
      '1/4  a new value is made and kept',
      '     It is down. It is tried again.',
      '2/4  its server takes it, beside the old one',
      '3/4  it was tried',
      '4/4  applications read it from now on',
      '',
    ]);
    expect(shell.stdout).toContain('orders/db is rotated.');
    expect(shell.received[0]?.path).toBe('/v1/secrets/orders%3Adb/rotate');
  });

  it('ends with an error where it failed for good, with the next action', async () => {
    const failure = { step: 'testSecret', code: 'CREDENTIAL', message: 'Refused.', next: 'Look there.', retryable: false, at: 1 };
    const shell = rotating({ version: 'v2', status: 'failed', step: 'testSecret', failure });
    expect(await shell.run('secrets', 'rotate', 'db')).toBe(1);
    expect(shell.stdout).toContain('failed at testSecret: Refused.');
    expect(shell.stdout).toContain('The credential in use is unchanged.');
    expect(shell.stdout).toContain('Look there.');
  });

  it('leaves at once, or after a time, where that is asked for', async () => {
    const shell = rotating({ version: 'v2', status: 'pending', step: 'setSecret' });
    expect(await shell.run('secrets', 'rotate', 'db', '--no-wait')).toBe(0);
    expect(shell.received).toHaveLength(1);
    expect(shell.stdout).toContain('slipway secrets show db');
    expect(await shell.run('secrets', 'rotate', 'db', '--timeout', '3s')).toBe(9);
  });

  it('revokes at once only where that is said twice', async () => {
    const shell = rotating({ version: 'v2', status: 'done' });
    expect(await shell.run('secrets', 'rotate', 'db', '--revoke-old')).toBe(2);
    expect(shell.received).toEqual([]);
    expect(shell.stderr).toContain('add --now');
    expect(await shell.run('secrets', 'rotate', 'db', '--now', '--revoke-old', '-m', 'it was in a log')).toBe(0);
    expect(shell.received[0]?.body).toMatchObject({ revokeOld: true, reason: 'it was in a log' });
  });

  it('changes what is named and nothing else', async () => {
    const shell = new FakeShell({ answer: () => ({ body: DETAIL }) });
    expect(await shell.run('secrets', 'set', 'db', '--length', '40', '--every', 'none')).toBe(0);
    expect(shell.received[1]).toMatchObject({
      method: 'PUT',
      body: { ifRev: 1, every: null, rule: { ...DETAIL.rule, length: 40 } },
    });
    expect(await shell.run('secrets', 'set', 'db')).toBe(2);
    expect(await shell.run('secrets', 'set', 'db', '--classes', 'lower,greek')).toBe(2);
  });

  it('makes settings where there are none', async () => {
    const shell = new FakeShell({ answer: ({ method }) => (method === 'GET' ? absent : { body: DETAIL }) });
    expect(await shell.run('secrets', 'set', 'db', '--system', 'redis', '--overlap', '1h')).toBe(0);
    expect(shell.received[1]?.body).toEqual({ system: 'redis', overlap: 3_600_000, ifRev: 0 });
  });

  it('takes back the version that is in use', async () => {
    const shell = new FakeShell({ answer: () => ({ body: DETAIL }) });
    expect(await shell.run('secrets', 'restore', 'db', '-m', 'too new')).toBe(0);
    expect(shell.received[1]?.body).toEqual({ version: DETAIL.window?.version, reason: 'too new' });
    const never = new FakeShell({ answer: () => ({ body: { ...DETAIL, window: undefined } }) });
    expect(await never.run('secrets', 'restore', 'db')).toBe(2);
  });

  it('shows, lists and tells the history of them, also as JSON', async () => {
    const { rotation: _, versions: __, ...view } = DETAIL;
    const history = endpoints['get-secret-history'].example.output;
    const shell = new FakeShell({
      answer: ({ path }) => ({
        body: path.includes('/history')
          ? history
          : path.includes('/orders')
            ? {
                ...DETAIL,
                unavailable: { code: 'SECRETS_UNAVAILABLE', message: 'The vault is locked.', next: 'slipway vault unlock' },
              }
            : { environment: 'production', rotated: [{ ...view, overdue: true }] },
      }),
    });
    expect(await shell.run('secrets', 'show', 'orders/db')).toBe(0);
    expect(shell.stdout).toContain('Next:    slipway vault unlock');
    expect(await shell.run('secrets', 'list')).toBe(0);
    expect(shell.stdout).toContain('should be revoked by now, and is not');
    expect(await shell.run('secrets', 'history', 'orders/db')).toBe(0);
    expect(shell.stdout).toContain('both are valid');
    const json = new FakeShell({ answer: () => ({ body: { environment: 'production', rotated: [view] } }) });
    expect(await json.run('--json', 'secrets', 'list')).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual({ environment: 'production', rotated: [view] });
  });

  it('says how to begin where nothing is rotated, and what is no name', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { environment: 'local', rotated: [] } }) });
    expect(await shell.run('secrets', 'list')).toBe(0);
    expect(shell.stdout).toContain('slipway secrets set NAME --system postgresql');
    expect(await shell.run('secrets', 'show', 'no name')).toBe(2);
  });
});

describe('slipway secrets rotate --simulate', () => {
  const staging = () => new FakeShell({ answer: () => ({ body: { ...DETAIL, environment: 'staging' } }) });

  it('lists the failures, without a control plane', async () => {
    const shell = new FakeShell();
    expect(await shell.run('--json', 'secrets', 'rotate', 'db', '--simulate', 'list')).toBe(0);
    expect(JSON.parse(shell.stdout).failures.map(({ failure }: { failure: string }) => failure)).toContain('crash-after-server');
    expect(shell.received).toEqual([]);
  });

  it('plays one by the settings of the secret, and asks for no rotation', async () => {
    const shell = staging();
    expect(await shell.run('secrets', 'rotate', 'db', '--simulate', 'server-down')).toBe(0);
    expect(shell.received.map(({ method }) => method)).toEqual(['GET']);
    expect(shell.stdout).toContain('orders/db (postgresql), simulated: the server is down for 20 minutes');
    expect(shell.stdout).toContain('rotationStepFailed');
    expect(shell.stdout).toContain('The secret is rotated.');
    expect(shell.stdout).toContain('; 0 were refused.');
    expect(shell.stdout).not.toMatch(/FAILS|made-password/);
  });

  it('is refused for secrets of production, and for what is no failure', async () => {
    const production = new FakeShell({ answer: () => ({ body: DETAIL }) });
    expect(await production.run('secrets', 'rotate', 'db', '--simulate', 'server-down')).toBe(2);
    expect(production.stderr).toContain('not played for secrets of production');
    expect(await staging().run('secrets', 'rotate', 'db', '--simulate', 'flood')).toBe(2);
  });
});
