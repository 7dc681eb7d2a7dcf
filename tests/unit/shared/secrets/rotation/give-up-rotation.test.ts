import { describe, expect, it } from 'vitest';
import { CURRENT } from '../../../../../shared/ports/secrets.ts';
import { giveUpRotation } from '../../../../../shared/secrets/rotation/give-up-rotation.ts';
import { rotationStanding } from '../../../../../shared/secrets/rotation/rotation-standing.ts';
import { STEPS } from '../../../../../shared/secrets/rotation/rotation-steps.ts';
import { takeStep } from '../../../../../shared/secrets/rotation/take-step.ts';
import { rotationBed, SECRET } from './rotation-bed.ts';

const ROTATION = { secretId: SECRET, token: 't1' };

describe('a rotation that is given up', () => {
  it.each([0, 1, 2, 3])('is never finished, after %i steps of it', async (taken) => {
    const bed = rotationBed();
    bed.begin();
    for (const step of STEPS.slice(0, taken)) await takeStep(bed.deps, step, ROTATION);
    expect(await giveUpRotation(bed.deps, ROTATION)).toBe(true);
    expect(await giveUpRotation(bed.deps, ROTATION)).toBe(true);
    for (const step of STEPS) await expect(takeStep(bed.deps, step, ROTATION)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    expect(await rotationStanding(bed.deps, ROTATION)).toMatchObject({ status: 'failed', failure: { code: 'GIVEN_UP' } });
    expect(await bed.labels()).toEqual({ v0: [CURRENT] });
  });

  it('leaves nothing at the server that the next one does not take over', async () => {
    const bed = rotationBed();
    bed.begin();
    for (const step of STEPS.slice(0, 2)) await bed.step(step);
    await giveUpRotation(bed.deps, ROTATION);
    await bed.rotate('t2');
    expect(bed.server.credentials).toEqual(['app:first', 'app:made-1']);
  });

  it('cannot be one that is finished, or about to be', async () => {
    const bed = rotationBed();
    await bed.rotate();
    expect(await giveUpRotation(bed.deps, ROTATION)).toBe(false);
    expect(await bed.value(CURRENT)).toMatchObject({ password: 'made-1' });
  });
});
