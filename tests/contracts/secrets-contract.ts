import { beforeEach, describe, expect, it } from 'vitest';
import { CURRENT, PENDING, PREVIOUS, type Secrets } from '../../shared/ports/secrets.ts';

export interface SecretsBed {
  readonly secrets: Secrets;
  /** A secret with its first version; answers the version's id. */
  readonly create: (id: string, text: string) => Promise<string>;
  /** The version is pending and has no value, as it is when a rotation is called for. */
  readonly begin: (id: string, token: string) => Promise<void>;
}

/** What every adapter of the port does alike. */
export function secretsContract(name: string, open: () => Promise<SecretsBed>): void {
  describe(`secrets: ${name}`, () => {
    let bed: SecretsBed;
    let first: string;
    beforeEach(async () => {
      bed = await open();
      first = await bed.create('db', 'one');
    });
    const labels = async () =>
      Object.fromEntries([...((await bed.secrets.describe('db'))?.versions ?? [])].map(([id, all]) => [id, [...all].sort()]));

    it('knows nothing of a secret that is not there', async () => {
      expect(await bed.secrets.describe('none')).toBeUndefined();
      expect(await bed.secrets.read('none', { stage: CURRENT })).toBeUndefined();
      await expect(bed.secrets.put('none', 'v', 'x', PENDING)).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
    });

    it('reads by version and by label', async () => {
      expect(await bed.secrets.read('db', { stage: CURRENT })).toEqual({ version: first, text: 'one' });
      expect(await bed.secrets.read('db', { version: first })).toEqual({ version: first, text: 'one' });
      expect(await bed.secrets.read('db', { stage: PENDING })).toBeUndefined();
      expect(await bed.secrets.read('db', { version: 'other' })).toBeUndefined();
    });

    it('has a version without a value where a rotation was called for', async () => {
      await bed.begin('db', 't1');
      expect(await labels()).toEqual({ [first]: [CURRENT], t1: [PENDING] });
      expect(await bed.secrets.read('db', { version: 't1' })).toBeUndefined();
    });

    it('writes a version once: the same again is well, another value is not', async () => {
      await bed.secrets.put('db', 't1', 'two', PENDING);
      await bed.secrets.put('db', 't1', 'two', PENDING);
      await expect(bed.secrets.put('db', 't1', 'three', PENDING)).rejects.toMatchObject({ code: 'SECRET_VERSION_TAKEN' });
      expect(await bed.secrets.read('db', { stage: PENDING })).toEqual({ version: 't1', text: 'two' });
    });

    it('writes a version once, also where two write it at the same time', async () => {
      const ends = await Promise.allSettled(['two', 'three'].map((text) => bed.secrets.put('db', 't1', text, PENDING)));
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const [lost] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(lost).toMatchObject({ code: 'SECRET_VERSION_TAKEN' });
      const text = ends[0]?.status === 'fulfilled' ? 'two' : 'three';
      expect(await bed.secrets.read('db', { stage: PENDING })).toEqual({ version: 't1', text });
    });

    it('moves a label once, also where two move it at the same time', async () => {
      for (const version of ['t1', 't2']) await bed.secrets.put('db', version, version, PENDING);
      const ends = await Promise.allSettled(['t1', 't2'].map((to) => bed.secrets.moveStage('db', CURRENT, { from: first, to })));
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const [lost] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(lost).toMatchObject({ code: 'SECRET_STAGE_MOVED' });
      expect(await bed.secrets.read('db', { stage: CURRENT })).toMatchObject({
        text: ends[0]?.status === 'fulfilled' ? 't1' : 't2',
      });
    });

    it('moves a label from where it was seen, and no other', async () => {
      await bed.secrets.put('db', 't1', 'two', PENDING);
      await bed.secrets.put('db', 't2', 'three', PENDING);
      await expect(bed.secrets.moveStage('db', PENDING, { from: 't1', to: first })).rejects.toMatchObject({
        code: 'SECRET_STAGE_MOVED',
      });
      await bed.secrets.moveStage('db', PENDING, { from: 't2' });
      expect(await labels()).toEqual({ [first]: [CURRENT] });
    });

    it('puts the previous label on what was current', async () => {
      await bed.secrets.put('db', 't1', 'two', PENDING);
      await bed.secrets.moveStage('db', CURRENT, { from: first, to: 't1' });
      expect(await labels()).toEqual({ [first]: [PREVIOUS], t1: [CURRENT, PENDING] });
      expect(await bed.secrets.read('db', { stage: PREVIOUS })).toEqual({ version: first, text: 'one' });
    });
  });
}
