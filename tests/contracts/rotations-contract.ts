import { beforeEach, describe, expect, it } from 'vitest';
import type { Rotations } from '../../shared/ports/rotations.ts';
import { CURRENT, PENDING, type Secrets } from '../../shared/ports/secrets.ts';

const ONE = '1'.repeat(40);
const OTHER = '2'.repeat(40);

export interface RotationsBed {
  readonly rotations: Rotations;
  readonly secrets: Pick<Secrets, 'describe'>;
  /** For how many rotations steps were called, by their tokens. */
  readonly called: () => readonly string[];
  /** The secret `db` is scheduled for deletion. */
  readonly remove: () => Promise<void>;
}

/** What every adapter of the port does alike. The steps of its secret `db`, which may be rotated, are never over. */
export function rotationsContract(name: string, open: () => Promise<RotationsBed>): void {
  describe(`rotations: ${name}`, () => {
    let bed: RotationsBed;
    beforeEach(async () => {
      bed = await open();
    });
    const labels = async () => {
      const found = await bed.secrets.describe('db');
      return [...(found?.versions ?? [])].flatMap(([version, stages]) => stages.map((stage) => `${stage} ${version}`)).sort();
    };

    it('makes the token the pending version and has the steps called', async () => {
      await bed.rotations.begin('db', ONE);
      expect(await labels()).toEqual([`${CURRENT} v0`, `${PENDING} ${ONE}`]);
      expect(bed.called()).toEqual([ONE]);
    });

    it('takes the same token again for the same rotation', async () => {
      await bed.rotations.begin('db', ONE);
      await bed.rotations.begin('db', ONE);
      expect(await labels()).toEqual([`${CURRENT} v0`, `${PENDING} ${ONE}`]);
      expect(bed.called()).toEqual([ONE]);
    });

    it('refuses another one while one is under way', async () => {
      await bed.rotations.begin('db', ONE);
      await expect(bed.rotations.begin('db', OTHER)).rejects.toMatchObject({ code: 'ROTATION_BUSY', retryable: true });
      expect(bed.called()).toEqual([ONE]);
    });

    it('refuses what is not there, or about to be deleted', async () => {
      await expect(bed.rotations.begin('none', ONE)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
      await expect(bed.rotations.enable('none', true)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
      await bed.remove();
      await expect(bed.rotations.begin('db', ONE)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
    });

    it('begins nothing while it is disabled, and again when it is enabled', async () => {
      await bed.rotations.enable('db', false);
      await bed.rotations.enable('db', false);
      expect((await bed.secrets.describe('db'))?.rotationEnabled).toBe(false);
      await expect(bed.rotations.begin('db', ONE)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
      await bed.rotations.enable('db', true);
      await bed.rotations.begin('db', ONE);
      expect(bed.called()).toEqual([ONE]);
    });
  });
}
