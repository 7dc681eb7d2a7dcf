import { beforeAll, describe, expect, it } from 'vitest';
import { applyTransform } from '../../shared/batch/apply-transform.ts';
import { PreparationError } from '../../shared/errors/run-errors.ts';
import type { RecordTransform } from '../../shared/ports/record-transform.ts';
import type { DataRecord } from '../../shared/ports/tables.ts';

/** Finds an export of `transform-fixture.ts`. */
export type FindTransform = (exported: string) => Promise<RecordTransform>;

const KEYS = { source: ['id'], target: ['pk'] };

/** What every way of asking a transform promises: the same records and the same failures. */
export const transformContract = (name: string, open: () => Promise<FindTransform>): void => {
  describe(`transform contract: ${name}`, () => {
    let find: FindTransform;
    beforeAll(async () => {
      find = await open();
    });

    const applied = async (exported: string, sources: readonly DataRecord[]) =>
      (await applyTransform(await find(exported), sources, KEYS)).map((result) =>
        'error' in result ? result.error : result.map(({ record }) => record),
      );

    it('answers each record in order, with none, one or several', async () => {
      const sources = [0, 1, 2, 3].map((id) => ({ id, copies: id }));
      expect(await applied('copied', sources)).toEqual(
        [0, 1, 2, 3].map((id) => Array.from({ length: id }, (_, copy) => ({ pk: `${id}/${copy}` }))),
      );
      expect(await applied('copied', [])).toEqual([]);
    });

    it('lets a record that fails fail alone', async () => {
      const sources = [1, 2, 3].map((id) => ({ id }));
      expect(await applied('picky', sources)).toEqual([[{ pk: '1' }], 'no city is called 2', [{ pk: '3' }]]);
      expect(await applied('throwsText', sources)).toEqual(['just text', 'just text', 'just text']);
    });

    it('hands over and takes back whatever a record can hold', async () => {
      const record = {
        id: 1,
        text: 'Zürich 🏔 "quoted" \n',
        big: { $number: '12345678901234567890' },
        bytes: { $binary: 'AAEC' },
        set: { $set: ['a', 'b'] },
        own: { $map: { $set: 'mine' } },
        nested: { list: [1, null, true, { deep: '' }] },
      };
      const { id: _, ...rest } = record;
      expect(await applied('kept', [record])).toEqual([[{ ...rest, pk: '1' }]]);
    });

    it('brings what it makes into canonical form', async () => {
      expect(await applied('loose', [{ id: 1 }])).toEqual([[{ pk: 'a', zero: 0, set: { $set: [1, 2] } }]]);
    });

    it.each([
      ['asynchronous', 'a promise'],
      ['dated', "'at' is an instance of Date"],
      ['huge', "'n' is of the type bigint"],
      ['infinite', "'n' is Infinity"],
      ['nothing', 'returned undefined'],
      ['keyless', "without the key attribute 'pk'"],
    ])('refuses what %s answers', async (exported, reason) => {
      expect(await applied(exported, [{ id: 1 }])).toEqual([expect.stringContaining(reason)]);
    });

    it('refuses what is no function', async () => {
      await expect(find('constant').then((transform) => transform([{ id: 1 }]))).rejects.toBeInstanceOf(PreparationError);
    });
  });
};
