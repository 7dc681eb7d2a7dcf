import { describe, expect, it } from 'vitest';
import { EmbeddedRotations } from '../../../../../adapters/embedded/embedded-rotations.ts';
import { ValueRefusedError } from '../../../../../shared/errors/secret-errors.ts';
import { CURRENT } from '../../../../../shared/ports/secrets.ts';
import { DEFAULT_RULE } from '../../../../../shared/secrets/make-value.ts';
import { askRotation } from '../../../../../shared/secrets/rotation/ask-rotation.ts';
import { loadRotation } from '../../../../../shared/secrets/rotation/change-rotation.ts';
import { putSettings } from '../../../../../shared/secrets/rotation/change-settings.ts';
import type { RotationDeps } from '../../../../../shared/secrets/rotation/rotation-context.ts';
import { rotationStanding } from '../../../../../shared/secrets/rotation/rotation-standing.ts';
import { takeStep } from '../../../../../shared/secrets/rotation/take-step.ts';
import { OVERLAP, rotationBed, SECRET } from './rotation-bed.ts';

/** A secret whose rotations are carried out in this process. */
async function askBed({ enabled = true } = {}) {
  const bed = rotationBed();
  const faults: unknown[] = [];
  let deps: RotationDeps = bed.deps;
  const open = () =>
    new EmbeddedRotations({
      secrets: bed.secrets,
      clock: bed.clock,
      step: (step, rotation) => takeStep(deps, step, rotation),
      onFault: (error) => faults.push(error),
    });
  let rotations = open();
  const person = { secretId: SECRET, environment: 'staging', actor: 'ada', reason: 'test' };
  await putSettings(bed.deps, person, () => ({
    ...{ system: 'redis', overlap: OVERLAP, enabled },
    rule: { ...DEFAULT_RULE, classes: ['lower'] },
  }));
  const ask = (token = 't1', revokeOld = false) =>
    askRotation({ ...bed.deps, rotations }, { secretId: SECRET, environment: 'staging', token, actor: 'ada', revokeOld });
  return {
    ...bed,
    ...{ ask, faults },
    standing: (token = 't1') => rotationStanding(bed.deps, { secretId: SECRET, token }),
    state: () => loadRotation(bed.deps, SECRET),
    settle: async () => {
      const idle = rotations.idle();
      await bed.clock.runUntilIdle();
      await idle;
    },
    /** Another process, over the same store and server. */
    restart: async () => {
      await rotations.close();
      rotations = open();
    },
    system: (change: Partial<RotationDeps['system']>) => {
      deps = { ...bed.deps, system: { ...bed.deps.system, ...change } };
    },
  };
}

describe('a rotation that is asked for', () => {
  it('is carried out, and tells how it stands', async () => {
    const bed = await askBed();
    expect(await bed.standing()).toEqual({ status: 'unknown' });
    expect(await bed.ask()).toMatchObject({ status: 'pending', step: 'createSecret' });
    await bed.settle();
    expect(await bed.standing()).toMatchObject({ status: 'done', window: { status: 'open', old: 'v0' } });
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
    expect((await bed.state())?.asked).toBeUndefined();
    expect(await bed.ask()).toMatchObject({ status: 'done' });
  });

  it('is one rotation, however often it is asked for with its token', async () => {
    const bed = await askBed();
    await Promise.all([bed.ask(), bed.ask(), bed.ask()]);
    await bed.settle();
    expect(bed.server.credentials).toEqual(['app:first', 'app:made-1']);
    expect(await bed.standing()).toMatchObject({ status: 'done' });
  });

  it('waits for a server that cannot be asked, and says why', async () => {
    const bed = await askBed();
    bed.server.down = true;
    await bed.ask();
    await bed.clock.advanceTo(bed.clock.now() + 600_000);
    expect(await bed.standing()).toMatchObject({
      status: 'pending',
      step: 'setSecret',
      failure: { step: 'setSecret', code: 'SERVER_UNAVAILABLE', retryable: true },
    });
    const { rev } = (await bed.state()) ?? {};
    await bed.clock.advanceTo(bed.clock.now() + 600_000);
    expect((await bed.state())?.rev).toBe(rev);
    bed.server.down = false;
    await bed.settle();
    expect(await bed.standing()).toMatchObject({ status: 'done' });
  });

  it('goes on after a restart with the value that it had', async () => {
    const bed = await askBed();
    bed.server.down = true;
    await bed.ask();
    await bed.clock.advanceTo(bed.clock.now() + 5000);
    await bed.restart();
    bed.server.down = false;
    expect(await bed.standing()).toMatchObject({ status: 'pending' });
    await bed.ask();
    await bed.settle();
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
    expect(bed.server.credentials).toEqual(['app:first', 'app:made-1']);
  });

  it('fails where it cannot go on, and makes room for the next', async () => {
    const bed = await askBed();
    bed.system({ install: () => Promise.reject(new ValueRefusedError('The server refuses it.')) });
    await bed.ask();
    await bed.settle();
    expect(await bed.standing()).toMatchObject({
      status: 'failed',
      step: 'setSecret',
      failure: { code: 'VALUE_REFUSED', retryable: false },
    });
    bed.system({});
    await bed.ask('t2');
    await bed.settle();
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-2' });
    expect(await bed.standing('t2')).toMatchObject({ status: 'done' });
  });

  it('is refused while another is under way', async () => {
    const bed = await askBed();
    bed.server.down = true;
    await bed.ask();
    await expect(bed.ask('t2')).rejects.toMatchObject({ code: 'ROTATION_BUSY', message: expect.stringContaining('under way') });
    await bed.clock.advanceTo(bed.clock.now() + 600_000);
    await expect(bed.ask('t2', true)).rejects.toMatchObject({ code: 'ROTATION_BUSY' });
    expect((await bed.state())?.asked?.token).toBe('t1');
  });

  it('is refused while the old credential has its time, and says until when', async () => {
    const bed = await askBed();
    await bed.ask();
    await bed.settle();
    await expect(bed.ask('t2')).rejects.toMatchObject({
      code: 'ROTATION_BUSY',
      message: expect.stringContaining('valid still until'),
      next: expect.stringContaining('--now --revoke-old'),
    });
    await bed.clock.advanceTo(bed.clock.now() + OVERLAP);
    await bed.revoke();
    await bed.ask('t2');
    await bed.settle();
    expect(await bed.standing('t2')).toMatchObject({ status: 'done' });
    expect(await bed.standing('t1')).toEqual({ status: 'superseded' });
  });

  it('is refused where it is disabled, unknown, or of another environment', async () => {
    const disabled = await askBed({ enabled: false });
    await expect(disabled.ask()).rejects.toMatchObject({ code: 'ROTATION_STEP', next: 'slipway secrets enable db' });
    const bed = await askBed();
    const deps = { ...bed.deps, rotations: { begin: async () => {}, enable: async () => {} } };
    const request = { secretId: SECRET, token: 't1', environment: 'production', actor: 'ada', revokeOld: false };
    await expect(askRotation(deps, request)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
    await expect(askRotation(deps, { ...request, secretId: 'none' })).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
  });

  it('is begun by the next who asks, where the first died before that', async () => {
    const bed = await askBed();
    const dying = { begin: () => Promise.reject(new Error('the process died')), enable: async () => {} };
    const request = { secretId: SECRET, token: 't1', environment: 'staging', actor: 'ada', revokeOld: false };
    await expect(askRotation({ ...bed.deps, rotations: dying }, request)).rejects.toThrow('died');
    await expect(bed.ask('t2')).rejects.toMatchObject({ code: 'ROTATION_BUSY' });
    await bed.clock.advanceTo(bed.clock.now() + 60_000);
    await bed.ask('t2');
    await bed.settle();
    expect(await bed.standing('t2')).toMatchObject({ status: 'done' });
  });
});

describe('a rotation on suspicion', () => {
  it('leaves the old credential no time', async () => {
    const bed = await askBed();
    await bed.ask('t1', true);
    await bed.settle();
    expect(bed.server.credentials).toEqual(['app:made-1']);
    expect(await bed.standing()).toMatchObject({ status: 'done', window: { status: 'revoked', suspect: true } });
    expect(await bed.revoke()).toEqual({ outcome: 'revoked' });
  });

  it('ends the time of the credential before, too', async () => {
    const bed = await askBed();
    await bed.ask();
    await bed.settle();
    await bed.ask('t2', true);
    await bed.settle();
    expect(bed.server.credentials).toEqual(['app:made-2']);
    expect((await bed.state())?.history).toMatchObject([{ token: 't1', status: 'revoked' }]);
  });

  it('is not done before the old credential is gone', async () => {
    const bed = await askBed();
    let refuse = true;
    bed.system({
      revoke: (change) => (refuse ? Promise.reject(new Error('away')) : bed.deps.system.revoke(change)),
    });
    await bed.ask('t1', true);
    await bed.clock.advanceTo(bed.clock.now() + 10_000);
    expect(bed.faults).not.toEqual([]);
    expect(await bed.standing()).toMatchObject({ status: 'pending', step: 'finishSecret', failure: { code: 'INTERNAL' } });
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
    refuse = false;
    await bed.settle();
    expect(bed.server.credentials).toEqual(['app:made-1']);
  });
});
