import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { SecretAccessError, SecretBinaryError, SecretsUnavailableError } from '../../../shared/errors/secret-errors.ts';
import { CURRENT, PENDING, type Secrets } from '../../../shared/ports/secrets.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { replaced } from './changed-deps.ts';
import type { RotationPlane } from './rotation-plane.ts';
import { type Opened, type ServerBed, wrongOf } from './server-bed.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** Calls that are wrong, secrets that cannot be rotated, and what people have left behind. */
export function refusalScenarios(bed: () => ServerBed, opened: Opened): void {
  const current = async (plane: RotationPlane) => {
    const fields = await plane.fields();
    expect(await bed().letsIn(fields)).toBe(true);
    return fields;
  };

  it('refuses a step that there is not', async () => {
    const plane = await opened();
    await expect(plane.step('dropSecret', plane.begin())).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    await current(plane);
  });

  it('refuses a token that is unknown or not pending any more, and has nothing to do for one that is current already', async () => {
    const plane = await opened();
    await expect(plane.step('createSecret', UNKNOWN)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    const left = plane.begin();
    await plane.step('createSecret', left);
    const token = await plane.rotate();
    const after = await current(plane);
    for (const step of STEPS) await plane.step(step, token);
    for (const step of STEPS) await expect(plane.step(step, left)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    expect(await current(plane)).toEqual(after);
  });

  it('refuses steps out of their order, and every step while rotation is disabled', async () => {
    const plane = await opened();
    const before = await current(plane);
    const token = plane.begin();
    for (const step of STEPS.slice(1)) await expect(plane.step(step, token)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    plane.secrets.set(plane.id, { rotationEnabled: false });
    for (const step of STEPS) await expect(plane.step(step, token)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    expect(await current(plane)).toEqual(before);
  });

  it('takes over what a rotation has left pending, so that the server keeps no credential that nobody knows', async () => {
    const plane = await opened();
    const left = plane.begin();
    for (const step of STEPS.slice(0, 3)) await plane.step(step, left);
    const pending = await plane.fields(PENDING);
    await plane.rotate();
    expect(await current(plane)).toEqual(pending);
  });

  it.each([
    ['empty', () => ' '],
    [
      'half-filled',
      (fields: SecretFields) => JSON.stringify({ ...fields, password: undefined, privateKey: undefined, key: undefined }),
    ],
  ])('never makes a pending version current that is %s', async (_what, text) => {
    const plane = await opened();
    const before = await current(plane);
    const token = randomUUID();
    await plane.secrets.put(plane.id, token, text(before), PENDING);
    const codes = [];
    for (const step of STEPS)
      codes.push(
        await plane.step(step, token).then(
          () => 'done',
          (error) => error.code,
        ),
      );
    expect(codes.at(-1)).toMatch(/^(SECRET_SHAPE|CREDENTIAL)$/);
    expect(await current(plane)).toEqual(before);
  });

  it.each(STEPS)('lets one of two rotations at once through, and refuses the other, which begins in its %s', async (under) => {
    const plane = await opened();
    const before = await plane.fields();
    const [first, at] = [plane.begin(), STEPS.indexOf(under)];
    for (const step of STEPS.slice(0, at)) await plane.step(step, first);
    const all = async (token: string, steps: readonly string[], begun = Promise.resolve()) => {
      await begun;
      for (const step of steps) await plane.step(step, token);
    };
    const begun = plane.step(under, first);
    const ends = await Promise.allSettled([all(first, STEPS.slice(at + 1), begun), all(plane.begin(), STEPS)]);
    const statuses = ends.map(({ status }) => status).sort();
    // Where the old credential has no time, the one may follow on the other.
    if (bed().system.overlaps) expect(statuses).toEqual(['fulfilled', 'rejected']);
    else expect(statuses).toContain('fulfilled');
    const after = await current(plane);
    expect(after).not.toEqual(before);
    if (!bed().system.overlaps) return;
    await plane.revokeAll();
    expect([await bed().letsIn(before), await bed().letsIn(after)]).toEqual([false, true]);
  });

  it('takes a pending version for what it is where reading lags behind', async () => {
    const plane = await opened();
    const token = plane.begin();
    await plane.step('createSecret', token);
    const written = await plane.fields(PENDING);
    let lag = 2;
    const read: Secrets['read'] = async (id, of) =>
      'version' in of && of.version === token && lag-- > 0 ? undefined : plane.secrets.read(id, of);
    const deps = { ...plane.deps, secrets: replaced(plane.secrets as Secrets, { read }) };
    await plane.step('createSecret', token, deps);
    lag = 0;
    expect(await plane.fields(PENDING)).toEqual(written);
    for (const step of STEPS.slice(1)) await plane.step(step, token, deps);
    expect(await current(plane)).toEqual(written);
  });

  it('goes on where the server was changed and the finish failed', async () => {
    const plane = await opened();
    const token = plane.begin();
    const moveStage = () => Promise.reject(new SecretsUnavailableError('Throttled.'));
    const deps = { ...plane.deps, secrets: replaced(plane.secrets as Secrets, { moveStage }) };
    for (const step of STEPS.slice(0, 3)) await plane.step(step, token, deps);
    await expect(plane.step('finishSecret', token, deps)).rejects.toMatchObject({ code: 'SECRETS_UNAVAILABLE', retryable: true });
    await plane.step('finishSecret', token);
    await current(plane);
  });

  it('refuses a version that names another user', async () => {
    const plane = await opened();
    const token = randomUUID();
    await plane.secrets.put(plane.id, token, JSON.stringify({ ...(await plane.fields()), username: 'somebody-else' }), PENDING);
    for (const step of STEPS) await expect(plane.step(step, token)).rejects.toMatchObject({ code: 'SECRET_MISMATCH' });
    await current(plane);
  });

  it('takes a current version that is wrong and a previous one that is right, as a person may have left them', async () => {
    const plane = await opened();
    const right = await plane.fields();
    const wrong = randomUUID();
    await plane.secrets.put(plane.id, wrong, JSON.stringify(wrongOf(bed(), right)), PENDING);
    const { version = '' } = (await plane.secrets.read(plane.id, { stage: CURRENT })) ?? {};
    await plane.secrets.moveStage(plane.id, CURRENT, { from: version, to: wrong });
    if (bed().byCurrentOnly) await expect(plane.rotate()).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
    else {
      await plane.rotate();
      await current(plane);
    }
    expect(await bed().letsIn(right)).toBe(bed().system.overlaps);
  });

  it('stops where the server lets in none of the credentials that it knows, and says so', async () => {
    const { master } = bed();
    const plane = await opened({ master: master && wrongOf(bed(), master) }, (fields) => wrongOf(bed(), fields));
    const before = await plane.fields();
    await expect(plane.rotate()).rejects.toMatchObject({ code: expect.stringMatching(/^(CREDENTIAL|SERVER_UNAVAILABLE)$/) });
    expect(await plane.fields()).toEqual(before);
  });

  it('refuses a master secret that is missing, or for another host', async () => {
    const orphan = await opened({ master: undefined }, (fields) => ({ ...fields, masterarn: 'gone' }));
    await expect(orphan.rotate()).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
    await current(orphan);
    const elsewhere = await opened({
      master: { username: 'master', password: 'of-another-host', ...bed().master, host: '192.0.2.1' },
    });
    await expect(elsewhere.rotate()).rejects.toMatchObject({ code: 'SECRET_MISMATCH' });
    await current(elsewhere);
  });

  const unreadable: readonly [string, string, (plane: RotationPlane) => Secrets | Promise<Secrets>][] = [
    ['is not there', 'SECRET_NOT_FOUND', (plane) => replaced(plane.secrets as Secrets, { describe: async () => undefined })],
    [
      'is scheduled for deletion',
      'SECRET_NOT_FOUND',
      ({ secrets, id }) => {
        secrets.set(id, { deleted: true });
        return secrets;
      },
    ],
    [
      'is no JSON',
      'SECRET_SHAPE',
      (plane) => replaced(plane.secrets as Secrets, { read: async () => ({ version: 'v', text: '{"password":"hunter2' }) }),
    ],
    [
      'is binary',
      'SECRET_BINARY',
      (plane) => replaced(plane.secrets as Secrets, { read: () => Promise.reject(new SecretBinaryError('Bytes.')) }),
    ],
    [
      'has a key that may not be used',
      'SECRET_ACCESS',
      (plane) => replaced(plane.secrets as Secrets, { read: () => Promise.reject(new SecretAccessError('Denied.')) }),
    ],
    [
      'has too many versions',
      'SECRET_ACCESS',
      (plane) => replaced(plane.secrets as Secrets, { put: () => Promise.reject(new SecretAccessError('Too many versions.')) }),
    ],
  ];
  it.each(unreadable)('asks no server where the secret %s', async (_what, code, secretsOf) => {
    const plane = await opened();
    const before = await plane.fields();
    const token = plane.begin();
    const asked: string[] = [];
    const ask = (name: string) => async () => {
      asked.push(name);
      throw new Error('asked');
    };
    const system = { ...bed().system, admits: ask('admits'), install: ask('install'), revoke: ask('revoke') };
    const deps = { ...plane.deps, system, secrets: await secretsOf(plane) };
    const codes = [];
    for (const step of STEPS)
      codes.push(
        await plane.step(step, token, deps).then(
          () => 'done',
          (error) => error.code,
        ),
      );
    expect(codes[0]).toBe(code);
    expect(asked).toEqual([]);
    expect(await bed().letsIn(before)).toBe(true);
  });

  it('goes on where Secrets Manager was too busy in the middle', async () => {
    const plane = await opened();
    const token = plane.begin();
    let calls = 0;
    const everySecond = <T>(call: () => Promise<T>): Promise<T> =>
      ++calls % 2 === 0 ? call() : Promise.reject(new SecretsUnavailableError('ThrottlingException'));
    const { secrets } = plane;
    const throttled = replaced(secrets as Secrets, {
      put: (...given) => everySecond(() => secrets.put(...given)),
      moveStage: (...given) => everySecond(() => secrets.moveStage(...given)),
    });
    for (const step of STEPS) {
      for (let attempt = 0; attempt < 9; attempt += 1) {
        const end = await plane.step(step, token, { ...plane.deps, secrets: throttled }).then(
          () => 'done',
          (error) => error.code,
        );
        if (end === 'done') break;
        expect(end).toBe('SECRETS_UNAVAILABLE');
      }
    }
    expect((await plane.secrets.describe(plane.id))?.versions.get(token)).toEqual([CURRENT]);
    await current(plane);
  });
}
