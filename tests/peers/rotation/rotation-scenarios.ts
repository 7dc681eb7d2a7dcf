import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PREVIOUS } from '../../../shared/ports/secrets.ts';
import type { RotatedSystem } from '../../../shared/secrets/rotation/rotated-system.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { type PlaneOptions, RotationPlane } from './rotation-plane.ts';

/** What a real server gives to the scenarios that every system must pass. */
export interface ServerBed {
  readonly system: RotatedSystem;
  /** A new credential at the server, and the secret that holds it; a user of its own each time. */
  readonly fresh: () => Promise<SecretFields>;
  /** Where the system needs one: who may change the credentials of all. */
  readonly master?: SecretFields | undefined;
  /** Whether a client of the server's own makers is let in. */
  readonly letsIn: (fields: SecretFields) => Promise<boolean>;
  /** The server ends at once, and comes back. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  /** Everything that the server has logged. */
  readonly log: () => Promise<string>;
  /** What no log may hold of a credential; its password unless told otherwise. */
  readonly clear?: (fields: SecretFields) => string;
}

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
    const opened = async (options: PlaneOptions = {}) =>
      new RotationPlane(bed().system, await bed().fresh(), { master: bed().master, ...options });

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

    it('leaves no password in the log of the server', async () => {
      const clear = bed().clear ?? (({ password }: SecretFields) => String(password));
      const plane = await opened({ make: () => `planted-${randomUUID()}` });
      await plane.rotate();
      const made = [clear(await plane.fields())];
      await plane.revoke();
      await plane.rotate();
      made.push(clear(await plane.fields()));
      const log = await bed().log();
      expect(new Set(made).size).toBe(2);
      for (const value of made) expect(log).not.toContain(value);
    });
  });
}
