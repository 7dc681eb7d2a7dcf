import { describe, expect, it } from 'vitest';
import { applyTransform, canonicalAnswer, failed, inProcess, transformed } from '../../../../shared/batch/apply-transform.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';

const KEYS = { source: ['id'], target: ['pk'] };
const SOURCE = { id: 7, name: 'seven' };

const applied = async (transform: Transform) => {
  const [result] = await applyTransform(inProcess(transform), [SOURCE], KEYS);
  return result ?? [];
};
const answering = (answer: unknown) => applied((() => answer) as unknown as Transform);

describe('applyTransform', () => {
  it('takes one record, several or none', async () => {
    expect(await answering({ pk: 'a', n: 1 })).toMatchObject([{ record: { pk: 'a', n: 1 }, key: { pk: 'a' }, from: { id: 7 } }]);
    expect(await answering([{ pk: 'a' }, { pk: 'b' }])).toMatchObject([{ key: { pk: 'a' } }, { key: { pk: 'b' } }]);
    expect(await answering([])).toEqual([]);
  });

  it('brings records into their canonical form', async () => {
    const made = await answering({ pk: 'a', zero: -0, gone: undefined, set: { $set: [2, 1, 2] } });
    const [one] = made as unknown as { record: object }[];
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
  ])('refuses %s', async (answer, reason) => {
    const result = await answering(answer);
    expect(result).toMatchObject({ key: { id: 7 }, error: expect.stringContaining(reason) });
    expect(failed(result)).toBe(true);
    // What crosses to another process as JSON is told the same way.
    const [crossed] = await applyTransform(
      async (sources) => sources.map((source) => canonicalAnswer(transformed((() => answer) as never, source))),
      [SOURCE],
      KEYS,
    );
    expect(crossed).toEqual(result);
  });

  it('refuses an async transform, whose rejection ends nothing', async () => {
    const rejected = (async () => Promise.reject(new Error('nobody hears of it'))) as unknown as Transform;
    expect(await applied(rejected)).toMatchObject({ error: 'The transform returned a promise instead of a record.' });
    const listed = (() => [Promise.reject(new Error('nor of this'))]) as unknown as Transform;
    expect(await applied(listed)).toMatchObject({ error: 'The transform returned a promise instead of a record.' });
    // A rejection that nobody has dealt with is told of after the microtasks.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('keeps no more of what is thrown than a person reads', async () => {
    const quoting: Transform = () => {
      throw new Error(`no name in ${'x'.repeat(400_000)}`);
    };
    const result = await applied(quoting);
    expect(failed(result) && result.error.length).toBe(2001);
  });

  it('keeps what a transform throws, for its record alone', async () => {
    const throwing = (thrown: unknown) =>
      applied(() => {
        throw thrown;
      });
    expect(await throwing(new Error('no name'))).toEqual({ key: { id: 7 }, error: 'no name' });
    expect(await throwing('text')).toEqual({ key: { id: 7 }, error: 'text' });
    const picky: Transform = ({ id }) => {
      if (id === 2) throw new Error('not two');
      return { pk: `${id}` };
    };
    const several = await applyTransform(inProcess(picky), [{ id: 1 }, { id: 2 }, { id: 3 }], KEYS);
    expect(several).toMatchObject([[{ key: { pk: '1' } }], { key: { id: 2 }, error: 'not two' }, [{ key: { pk: '3' } }]]);
  });
});
