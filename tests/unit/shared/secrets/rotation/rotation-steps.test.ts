import { describe, expect, it } from 'vitest';
import { alternating, dual, single } from '../../../../../adapters/memory/simulated-servers.ts';
import { ServerUnavailableError, ValueRefusedError } from '../../../../../shared/errors/secret-errors.ts';
import { CURRENT, PENDING } from '../../../../../shared/ports/secrets.ts';
import { changeRotation } from '../../../../../shared/secrets/rotation/change-rotation.ts';
import { revokeOld, type Window } from '../../../../../shared/secrets/rotation/revoke-old.ts';
import type { RotatedSystem } from '../../../../../shared/secrets/rotation/rotated-system.ts';
import { rotationStep, STEPS } from '../../../../../shared/secrets/rotation/rotation-steps.ts';
import { moveCurrent } from '../../../../../shared/secrets/rotation/rotation-window.ts';
import { OVERLAP, rotationBed, SECRET, text } from './rotation-bed.ts';

describe('a rotation', () => {
  it('makes the new value durable, then valid, then current, and leaves the old one its time', async () => {
    const bed = rotationBed();
    bed.begin();
    await bed.step('createSecret');
    expect(bed.server.credentials).toEqual(['app:first']);
    expect(await bed.value(PENDING)).toEqual({ host: 'h', username: 'app', password: 'made-1' });
    await bed.step('setSecret');
    expect(bed.server.credentials).toEqual(['app:first', 'app:made-1']);
    await bed.step('testSecret');
    expect(await bed.labels()).toEqual({ v0: [CURRENT], t1: [PENDING] });
    await bed.step('finishSecret');
    expect(await bed.labels()).toEqual({ v0: ['AWSPREVIOUS'], t1: [CURRENT] });
    expect(await bed.revoke()).toEqual({ outcome: 'wait', until: bed.clock.now() + OVERLAP });
    expect(bed.server.credentials).toEqual(['app:first', 'app:made-1']);
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
    expect(bed.server.credentials).toEqual(['app:made-1']);
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
  });

  it('takes every step twice as once', async () => {
    const bed = rotationBed();
    bed.begin();
    for (const step of STEPS) {
      await bed.step(step);
      await bed.step(step);
    }
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
    expect(new Set(bed.windows.map(({ since }) => since)).size).toBe(1);
  });

  it('is one value where two functions work on one token', async () => {
    const bed = rotationBed();
    bed.begin();
    for (const step of STEPS) {
      const both = Promise.all([bed.step(step), bed.step(step)]);
      await bed.clock.runUntilIdle();
      await both;
    }
    expect(bed.server.credentials).toHaveLength(2);
    expect(await bed.labels()).toEqual({ v0: ['AWSPREVIOUS'], t1: [CURRENT] });
  });

  it('lets users take turns', async () => {
    const bed = rotationBed(alternating);
    await bed.rotate();
    expect(await bed.value(CURRENT)).toMatchObject({ username: 'app_clone' });
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    await bed.revoke();
    expect(bed.server.credentials).toEqual(['app_clone:made-1']);
    await bed.rotate('t2');
    expect(await bed.value(CURRENT)).toMatchObject({ username: 'app' });
  });
});

describe('a step is refused and changes nothing', () => {
  const left = async (bed: ReturnType<typeof rotationBed>) => [bed.server.credentials, await bed.value(CURRENT)];
  const refused = async (
    bed: ReturnType<typeof rotationBed>,
    code: string,
    words: string,
    step = 'createSecret',
    token = 't1',
  ) => {
    const before = await left(bed);
    await expect(bed.step(step, token)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await left(bed)).toEqual(before);
  };

  it('where it is unknown', async () => {
    const bed = rotationBed();
    bed.begin();
    await refused(bed, 'ROTATION_STEP', 'no step "dropSecret"', 'dropSecret');
  });

  it('where the token is unknown', () => refused(rotationBed(), 'ROTATION_STEP', 'has no version t1'));

  it('where the token is not pending', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    await bed.revoke();
    await refused(bed, 'ROTATION_STEP', 'is not pending', 'setSecret', 'v0');
  });

  it('where rotation is disabled', async () => {
    const bed = rotationBed();
    bed.begin();
    bed.secrets.set(SECRET, { rotationEnabled: false });
    await refused(bed, 'ROTATION_STEP', 'is not enabled');
  });

  it('where the secret is gone, or is about to go', async () => {
    const bed = rotationBed();
    bed.begin();
    bed.secrets.set(SECRET, { deleted: true });
    await expect(bed.step('createSecret')).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
  });

  it.each(['setSecret', 'testSecret', 'finishSecret'])('where %s comes before createSecret', async (step) => {
    const bed = rotationBed();
    bed.begin();
    await refused(bed, 'ROTATION_STEP', 'has no value yet', step);
  });

  it.each(['testSecret', 'finishSecret'])('where %s comes before setSecret', async (step) => {
    const bed = rotationBed();
    bed.begin();
    await bed.step('createSecret');
    await refused(bed, 'CREDENTIAL', 'refuses version t1', step);
  });

  it.each([
    ['is empty', '  '],
    ['is half-filled', '{"host":"h","username":"app"}'],
    ['is no JSON', '{"password":"hunter2'],
  ])('where the pending version %s, without a word of it', async (_what, pending) => {
    const bed = rotationBed();
    await bed.secrets.put(SECRET, 't1', pending, PENDING);
    await refused(bed, 'SECRET_SHAPE', '');
    const thrown: unknown = await bed.step('setSecret').then(undefined, (error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    const { message, stack, cause } = thrown as Error;
    expect(`${message}${stack}${String(cause)}`).not.toContain('hunter2');
  });

  it.each([
    ['host', { host: 'elsewhere', password: 'x' }],
    ['user', { username: 'root', password: 'x' }],
  ])('where the pending version names another %s', async (_what, more) => {
    const bed = rotationBed();
    await bed.secrets.put(SECRET, 't1', text(more), PENDING);
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
      await refused(bed, 'SECRET_MISMATCH', 'another server', step);
  });

  it('where the server lets in none of the credentials', async () => {
    const bed = rotationBed();
    bed.begin();
    await bed.step('createSecret');
    bed.server.valid.set('app', new Set(['by hand']));
    await refused(bed, 'CREDENTIAL', 'the current, the pending and the previous', 'setSecret');
  });

  it('where the old credential has its time still', async () => {
    const bed = rotationBed();
    await bed.rotate();
    bed.begin('t2');
    await refused(bed, 'ROTATION_BUSY', 'is valid still until', 'createSecret', 't2');
  });

  it.each([
    ['is missing', undefined, 'SECRET_NOT_FOUND', 'missing'],
    ['is for another host', { host: 'elsewhere', username: 'root', password: 'r' }, 'SECRET_MISMATCH', 'another server'],
    ['is refused', { host: 'h', username: 'root', password: 'wrong' }, 'CREDENTIAL', 'master'],
  ])('where the master secret %s', async (_what, master, code, words) => {
    const bed = rotationBed(dual, text({ masterarn: 'master' }));
    if (master) bed.secrets.create('master', 'm0', JSON.stringify(master));
    bed.begin();
    await bed.step('createSecret');
    await refused(bed, code, words, 'setSecret');
  });
});

describe('what has gone wrong before', () => {
  it('does not matter where the current one is wrong and the previous one is right', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    await bed.revoke();
    bed.server.valid.set('app', new Set(['first']));
    bed.begin('t2');
    for (const step of STEPS) await bed.step(step, 't2');
    expect(bed.server.valid.get('app')).toContain('made-2');
  });

  it('does not matter where the server was changed and the finish failed', async () => {
    const bed = rotationBed(single);
    bed.begin();
    await bed.step('createSecret');
    await bed.step('setSecret');
    bed.begin('t2');
    for (const step of STEPS) await bed.step(step, 't2');
    expect(bed.server.credentials).toEqual(['app:made-1']);
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
  });

  it('is taken over where a rotation was left pending: nothing is orphaned', async () => {
    const bed = rotationBed();
    bed.begin();
    await bed.step('createSecret');
    await bed.step('setSecret');
    await bed.rotate('t2');
    expect(bed.server.credentials).toEqual(['app:first', 'app:made-1']);
  });

  it('makes another value only where the server refuses this one for good', async () => {
    const bed = rotationBed();
    bed.begin();
    await bed.step('createSecret');
    const refusing = { ...bed.deps.system, install: () => Promise.reject(new ValueRefusedError('too short')) };
    const setSecret = rotationStep({ ...bed.deps, system: refusing }, 'setSecret', { secretId: SECRET, token: 't1' });
    await expect(setSecret).rejects.toMatchObject({ code: 'VALUE_REFUSED' });
    expect(await bed.labels()).toEqual({ v0: [CURRENT] });
    await bed.rotate('t2');
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-2' });
  });

  it('is no bad password where the server cannot be asked', async () => {
    const bed = rotationBed();
    bed.begin();
    await bed.step('createSecret');
    bed.server.down = true;
    for (const step of ['setSecret', 'testSecret', 'finishSecret']) {
      const error = await bed.step(step).then(undefined, (thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ServerUnavailableError);
    }
    bed.server.down = false;
    await bed.step('setSecret');
    await bed.step('finishSecret');
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
  });

  it('takes the pending label away where the finish died before that', async () => {
    const bed = rotationBed();
    bed.begin();
    for (const step of STEPS.slice(0, 3)) await bed.step(step);
    await bed.secrets.moveStage(SECRET, CURRENT, { from: 'v0', to: 't1' });
    await bed.step('finishSecret');
    expect((await bed.labels())['t1']).toEqual([CURRENT]);
  });
});

describe('two rotations at once', () => {
  /** The second has taken over what the first had made and set when that was frozen, its label about to move. */
  const frozen = async () => {
    const bed = rotationBed();
    for (const token of ['t1', 't2']) {
      bed.begin(token);
      for (const step of STEPS.slice(0, 3)) await bed.step(step, token);
    }
    return bed;
  };
  const later = async (bed: ReturnType<typeof rotationBed>, ms = OVERLAP) => bed.clock.advanceTo(bed.clock.now() + ms);

  it('end one after the other, and revoke what was replaced and nothing else', async () => {
    const bed = await frozen();
    await moveCurrent(bed.deps, SECRET, { from: 'v0', to: 't1' });
    await expect(bed.step('finishSecret', 't2')).rejects.toMatchObject({ code: 'ROTATION_BUSY', retryable: true });
    expect(await bed.labels()).toMatchObject({ t1: [CURRENT] });
    await later(bed);
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
    expect(bed.server.credentials).toEqual(['app:made-1']);
    await bed.step('finishSecret', 't2');
    await later(bed);
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
    expect(await bed.labels()).toMatchObject({ t2: [CURRENT] });
    expect(bed.server.credentials).toEqual(['app:made-1']);
  });

  it('revoke what was replaced where the one has moved the label in the window of the other', async () => {
    const bed = await frozen();
    const { secrets } = bed;
    const moveStage = secrets.moveStage.bind(secrets);
    secrets.moveStage = async (id, stage, between) => {
      // Between its window and its label the other one moves the label.
      secrets.moveStage = moveStage;
      await moveStage(id, stage, { from: 'v0', to: 't1' });
      return moveStage(id, stage, between);
    };
    await expect(bed.step('finishSecret', 't2')).rejects.toMatchObject({ code: 'SECRET_STAGE_MOVED' });
    expect(await bed.labels()).toMatchObject({ t1: [CURRENT] });
    const soon = await bed.revoke();
    expect(soon).toMatchObject({ outcome: 'wait' });
    await later(bed, 2 * OVERLAP);
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
    expect(bed.server.credentials).toEqual(['app:made-1']);
  });
});

describe('taking a rotation back', () => {
  it('makes the old one current and revokes the new one after its time', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.restore();
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'first' });
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
    expect(bed.server.credentials).toEqual(['app:first']);
  });

  it('says when the old one is valid no more', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    await bed.revoke();
    await expect(bed.restore()).rejects.toMatchObject({ code: 'CREDENTIAL', message: expect.stringContaining('valid no more') });
  });

  it('says so when the old one is just being revoked, and goes back where it comes first', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    const { revoke } = bed.deps.system;
    let refusal: unknown;
    const system: RotatedSystem = {
      ...bed.deps.system,
      revoke: async (change) => {
        refusal = await bed.restore().then(undefined, (error: unknown) => error);
        await revoke(change);
      },
    };
    expect(await revokeOld({ ...bed.deps, system }, bed.windows[0] as Window)).toEqual({ outcome: 'revoked' });
    expect(refusal).toMatchObject({ code: 'CREDENTIAL', message: expect.stringContaining('valid no more') });
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
    const other = rotationBed();
    await other.rotate();
    await other.restore();
    expect(await revokeOld(other.deps, other.windows[0] as Window)).toEqual({ outcome: 'superseded' });
  });

  it('leaves the time that was asked for, also to what is taken back', async () => {
    const bed = rotationBed();
    await changeRotation(bed.deps, SECRET, () => ({
      asked: { token: 't1', at: 0, actor: 'ann', revokeOld: false, overlap: 60_000 },
      event: { type: 'rotationAsked', data: {} },
    }));
    await bed.rotate();
    expect(await bed.revoke()).toEqual({ outcome: 'wait', until: bed.clock.now() + 60_000 });
    await bed.restore();
    expect(await bed.revoke()).toEqual({ outcome: 'wait', until: bed.clock.now() + 60_000 });
  });

  it('keeps what is current where a person has moved the label back, and revokes the other', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.secrets.moveStage(SECRET, CURRENT, { from: 't1', to: 'v0' });
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    expect(await bed.revoke()).toEqual({ outcome: 'kept' });
    expect(bed.server.credentials).toEqual(['app:first']);
  });

  it('revokes nothing while the server refuses the current one', async () => {
    const bed = rotationBed();
    await bed.rotate();
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    bed.server.valid.set('app', new Set(['first']));
    await expect(bed.revoke()).rejects.toMatchObject({ code: 'CREDENTIAL', message: expect.stringContaining('is kept') });
    expect(bed.server.credentials).toEqual(['app:first']);
  });
});
