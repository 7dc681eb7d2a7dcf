import { describe, expect, it } from 'vitest';
import type { RotateComponent } from '../../../../shared/plan/plan.ts';
import { CURRENT, PENDING } from '../../../../shared/ports/secrets.ts';
import { askedRotation, type RotateContext, rotateEffects } from '../../../../shared/rotate/rotate-effects.ts';
import { DEFAULT_RULE } from '../../../../shared/secrets/make-value.ts';
import { putSettings } from '../../../../shared/secrets/rotation/change-settings.ts';
import { restoreOld } from '../../../../shared/secrets/rotation/restore-old.ts';
import type { RotationPolicy } from '../../../../shared/secrets/rotation/rotation-settings.ts';
import { STEPS } from '../../../../shared/secrets/rotation/rotation-steps.ts';
import { takeStep } from '../../../../shared/secrets/rotation/take-step.ts';
import { OVERLAP, rotationBed, SECRET } from '../secrets/rotation/rotation-bed.ts';

const settings = (): RotationPolicy => ({
  ...{ system: 'redis', overlap: OVERLAP, enabled: true },
  rule: { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes] },
});
const BY = { secretId: SECRET, environment: 'test', actor: 'ann', reason: '' };

/** The one step of a component that rotates `db`; `steps` is how many steps are taken as soon as a rotation is asked for. */
async function bed({ steps = STEPS.length as number } = {}) {
  const rotation = rotationBed();
  const { deps, secrets } = rotation;
  await putSettings(deps, BY, settings);
  const begun: string[] = [];
  const take = async (count: number, token = begun.at(-1) ?? '') => {
    for (const step of STEPS.slice(0, count)) await takeStep(deps, step, { secretId: SECRET, token });
  };
  const context: RotateContext = {
    deps: {
      ...deps,
      rotations: {
        begin: async (id, token) => {
          if (!begun.includes(token)) {
            begun.push(token);
            secrets.begin(id, token, PENDING);
            await take(steps, token).catch(() => {});
          }
        },
        enable: async () => {},
      },
      oldCredentials: { restore: (one) => restoreOld(deps, one) },
    },
    run: { id: 'run1', environment: 'test', actor: 'ann' },
    component: { name: 'key', kind: 'rotate', secretId: SECRET, settle: 0, checks: [] } as RotateComponent,
    retry: { attempts: 3, maxDelays: [2000], circuit: { failures: 5, openFor: 1000 } },
    before: 'v0',
    rotation: 0,
  };
  const forward = rotateEffects(context, false);
  const back = rotateEffects(context, true);
  const during = async <T>(call: Promise<T>): Promise<T> => {
    void call.catch(() => {});
    await rotation.clock.runUntilIdle();
    return call;
  };
  const perform = () => during(forward.perform(0, rotation.clock.now() + forward.timeoutMs));
  const undo = () => during(back.undo(0, rotation.clock.now() + back.timeoutMs));
  return { ...rotation, context, begun, take, forward, back, perform, undo };
}

describe('the rotation of a component', () => {
  it('is one rotation, however often it is asked for', async () => {
    const { perform, begun, forward, value } = await bed();
    expect(await forward.probe(0, 0)).toBe(false);
    const answer = await perform();
    expect(answer).toEqual({ secretId: SECRET, version: begun[0] });
    expect(await perform()).toEqual(answer);
    expect(begun).toHaveLength(1);
    expect(await forward.probe(0, 0)).toBe(true);
    expect(await value(CURRENT)).toMatchObject({ password: 'made-1' });
  });

  it('is looked at again where it is under way still, with what holds it up', async () => {
    const { perform, forward, server } = await bed({ steps: 2 });
    server.down = true;
    const error = await perform().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ROTATION_PENDING',
      message: 'The rotation of db is under way; setSecret is tried again: The server does not answer.',
    });
    for (const attempt of [1, 50]) expect(forward.retryAfter(error, attempt)).toBe(5000);
    expect(forward.retryAfter(new Error('else'), 1)).toBeUndefined();
  });

  it('fails where it does not go on, and is followed by another one where a person has it tried again', async () => {
    const { perform, context, begun, take, deps } = await bed({ steps: 0 });
    const failing = perform();
    await failing.catch(() => {});
    await takeStep({ ...deps, system: { ...deps.system, problemOf: () => 'it has no password.' } }, 'createSecret', {
      secretId: SECRET,
      token: begun[0] ?? '',
    }).catch(() => {});
    await expect(perform()).rejects.toMatchObject({ code: 'ROTATION_STEP', message: expect.stringContaining('SECRET_SHAPE') });
    const next = rotateEffects({ ...context, rotation: 1 }, false);
    await next.perform(0, deps.clock.now()).catch(() => {});
    expect(begun).toHaveLength(2);
    await take(4);
    expect((await askedRotation({ ...context, rotation: 1 })).standing.status).toBe('done');
  });
});

describe('taking it back', () => {
  it('has nothing to do where nothing was asked for', async () => {
    const { undo, back, labels } = await bed();
    expect(await back.probe(0, 0)).toBe(false);
    await undo();
    expect(await labels()).toEqual({ v0: [CURRENT] });
  });

  it('puts the version of before back, once', async () => {
    const { perform, undo, back, value, windows } = await bed();
    await perform();
    expect(await back.probe(0, 0)).toBe(true);
    await undo();
    await undo();
    expect(await value(CURRENT)).toMatchObject({ password: 'first' });
    expect(new Set(windows.map(({ since, token }) => `${token} ${since}`)).size).toBe(2);
  });

  it.each([0, 1, 2, 3])('gives it up where %i of its steps are taken', async (steps) => {
    const { perform, undo, take, labels } = await bed({ steps });
    await perform().catch(() => {});
    await undo();
    await expect(take(4)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    expect(await labels()).toEqual({ v0: [CURRENT] });
  });

  it('waits where its label is moving', async () => {
    const { perform, undo, secrets, take, value } = await bed({ steps: 3 });
    await perform().catch(() => {});
    const move = secrets.moveStage.bind(secrets);
    secrets.moveStage = () => Promise.reject(new Error('died'));
    await take(4).catch(() => {});
    await expect(undo()).rejects.toMatchObject({ code: 'ROTATION_PENDING' });
    secrets.moveStage = move;
    await take(4);
    await undo();
    expect(await value(CURRENT)).toMatchObject({ password: 'first' });
  });

  it('goes on where it died before the label was back', async () => {
    const { perform, undo, secrets, value } = await bed();
    await perform();
    const move = secrets.moveStage.bind(secrets);
    secrets.moveStage = () => Promise.reject(new Error('died'));
    await expect(undo()).rejects.toThrow('died');
    secrets.moveStage = move;
    await undo();
    expect(await value(CURRENT)).toMatchObject({ password: 'first' });
  });

  it('leaves alone what a person has put back, and says so where another rotation came since', async () => {
    const byHand = await bed();
    await byHand.perform();
    await byHand.secrets.moveStage(SECRET, CURRENT, { from: byHand.begun[0] as string, to: 'v0' });
    await byHand.undo();
    expect(await byHand.value(CURRENT)).toMatchObject({ password: 'first' });
    const since = await bed();
    await since.perform();
    await since.clock.advanceTo(since.clock.now() + OVERLAP);
    await since.revoke();
    await since.rotate('other');
    await expect(since.undo()).rejects.toMatchObject({ code: 'CREDENTIAL', message: expect.stringContaining('rotated since') });
    expect(await since.value(CURRENT)).toMatchObject({ password: 'made-2' });
  });

  it('says when there is no way back any more', async () => {
    const { perform, undo, clock, revoke, value } = await bed();
    await perform();
    await clock.advanceTo(clock.now() + OVERLAP);
    await revoke();
    await expect(undo()).rejects.toMatchObject({ code: 'CREDENTIAL', message: expect.stringContaining('the new one stays') });
    expect(await value(CURRENT)).toMatchObject({ password: 'made-1' });
  });
});
