import { describe, expect, it } from 'vitest';
import { applyTransform, failed } from '../../../../shared/batch/apply-transform.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';

const KEYS = { source: ['id'], target: ['pk'] };
const SOURCE = { id: 7, name: 'seven' };

const answering = (answer: unknown) => applyTransform((() => answer) as unknown as Transform, SOURCE, KEYS);

describe('applyTransform', () => {
  it('takes one record, several or none', () => {
    expect(answering({ pk: 'a', n: 1 })).toMatchObject([{ record: { pk: 'a', n: 1 }, key: { pk: 'a' }, from: { id: 7 } }]);
    expect(answering([{ pk: 'a' }, { pk: 'b' }])).toMatchObject([{ key: { pk: 'a' } }, { key: { pk: 'b' } }]);
    expect(answering([])).toEqual([]);
  });

  it('brings records into their canonical form', () => {
    const [one] = answering({ pk: 'a', zero: -0, gone: undefined, set: { $set: [2, 1, 2] } }) as unknown as { record: object }[];
    expect(one?.record).toStrictEqual({ pk: 'a', zero: 0, set: { $set: [1, 2] } });
  });

  it.each([
    [undefined, 'returned undefined'],
    [null, 'returned null'],
    ['text', 'returned a string'],
    [Promise.resolve({ pk: 'a' }), 'a promise'],
    [new Map(), 'an instance of Map'],
    [{ n: 1 }, "without the key attribute 'pk'"],
    [{ pk: null }, "without the key attribute 'pk'"],
    [{ pk: 'a', at: new Date(0) }, "'at' is an instance of Date"],
    [{ pk: 'a', deep: { list: [new Set()] } }, "'deep.list.0' is an instance of Set"],
    [{ pk: 'a', n: Number.NaN }, "'n' is NaN"],
    [{ pk: 'a', n: 1n }, "'n' is of the type bigint"],
  ])('refuses %s', (answer, reason) => {
    const result = answering(answer);
    expect(result).toMatchObject({ key: { id: 7 }, error: expect.stringContaining(reason) });
    expect(failed(result)).toBe(true);
  });

  it('keeps what a transform throws', () => {
    const throwing = (thrown: unknown) =>
      applyTransform(
        () => {
          throw thrown;
        },
        SOURCE,
        KEYS,
      );
    expect(throwing(new Error('no name'))).toEqual({ key: { id: 7 }, error: 'no name' });
    expect(throwing('text')).toEqual({ key: { id: 7 }, error: 'text' });
  });
});
