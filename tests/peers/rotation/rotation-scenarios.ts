import { describe, expect, it } from 'vitest';
import { PREVIOUS } from '../../../shared/ports/secrets.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import { crashScenarios } from './crash-scenarios.ts';
import { plantedScenarios } from './planted-scenarios.ts';
import { refusalScenarios } from './refusal-scenarios.ts';
import { RotationPlane } from './rotation-plane.ts';
import type { Opened, ServerBed } from './server-bed.ts';

/** Values that a careless statement, URL or shell would trip over. */
const AWKWARD = [
  `quote'"\``,
  'back\\slash',
  'per%cent%s',
  'co:lon',
  'a@t',
  'new\nline',
  'Ünïcödé-㎏-ﬁ',
  '$1 $'.concat('{x} -- ;'),
];

/** The suite that every system passes on its real server. */
export function rotationScenarios(name: string, bed: () => ServerBed, { passwords = AWKWARD } = {}): void {
  describe(`${name}: a rotation`, () => {
    const opened: Opened = async (options = {}, secret = (fields) => fields) =>
      new RotationPlane(bed().system, secret(await bed().fresh()), { master: bed().master, ...options });

    it('lets both in for the overlap, and only the new one after it', async () => {
      const plane = await opened();
      const before = await plane.fields();
      await plane.rotate();
      const after = await plane.fields();
      expect(await bed().letsIn(after)).toBe(true);
      if (!bed().system.overlaps) return;
      expect(await bed().letsIn(before)).toBe(true);
      expect(await plane.revoke()).toBe('revoked');
      expect([await bed().letsIn(before), await bed().letsIn(after)]).toEqual([false, true]);
    });

    it('goes on for many rotations', async () => {
      const plane = await opened();
      for (let round = 0; round < 4; round += 1) {
        await plane.rotate();
        await plane.revoke();
        expect(await bed().letsIn(await plane.fields())).toBe(true);
        expect(await bed().letsIn(await plane.fields(PREVIOUS))).toBe(false);
      }
    });

    it('takes every step twice as once, also at the same time', async () => {
      const plane = await opened();
      const token = plane.begin();
      for (const step of STEPS) {
        await Promise.all([plane.step(step, token), plane.step(step, token)]);
        await plane.step(step, token);
      }
      expect(await bed().letsIn(await plane.fields())).toBe(true);
    });

    it('is taken back while the old one is valid', async () => {
      if (!bed().system.overlaps) return;
      const plane = await opened();
      const before = await plane.fields();
      const token = await plane.rotate();
      const after = await plane.fields();
      await plane.restore(token);
      expect(await plane.fields()).toEqual(before);
      await plane.revoke();
      expect([await bed().letsIn(before), await bed().letsIn(after)]).toEqual([true, false]);
    });

    it.each(passwords)('takes the password %j', async (awkward) => {
      const plane = await opened({ make: () => `${awkward}${Math.floor(Math.random() * 1e9)}` });
      await plane.rotate();
      const fields = await plane.fields();
      expect(await bed().letsIn(fields)).toBe(true);
      await plane.rotate().catch(() => plane.revoke().then(() => plane.rotate()));
      expect(await bed().letsIn(await plane.fields())).toBe(true);
    });

    it('takes a server that is down for no bad password, and goes on when it is back', async () => {
      const plane = await opened();
      const token = plane.begin();
      await plane.step('createSecret', token);
      await bed().down();
      try {
        for (const step of ['setSecret', 'testSecret', 'finishSecret'])
          await expect(plane.step(step, token)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', retryable: true });
      } finally {
        await bed().up();
      }
      for (const step of STEPS) await plane.step(step, token);
      expect(await bed().letsIn(await plane.fields())).toBe(true);
    });

    it('refuses a version that names another host, and asks nobody there', async () => {
      const plane = await opened();
      const current = await plane.fields();
      const token = plane.begin();
      const text = JSON.stringify({ ...current, ...(await bed().system.next(current, () => 'x', 'other')), host: '192.0.2.1' });
      await plane.secrets.put(plane.id, token, text, 'AWSPENDING');
      for (const step of STEPS) await expect(plane.step(step, token)).rejects.toMatchObject({ code: 'SECRET_MISMATCH' });
    });

    refusalScenarios(bed, opened);
    crashScenarios(bed, opened);
    plantedScenarios(bed, opened);
  });
}
