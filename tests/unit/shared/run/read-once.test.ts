import { describe, expect, it } from 'vitest';
import { readOnce } from '../../../../shared/run/read-once.ts';

const item = { pk: 'RUN#1', sk: 'RUN', rev: 1 };

describe('readOnce', () => {
  it('reads an item once, and an equal one again', () => {
    let reads = 0;
    const read = readOnce(({ rev }) => {
      reads += 1;
      return { rev };
    });
    expect(read(item)).toBe(read(item));
    expect(reads).toBe(1);
    expect(read({ ...item })).toEqual({ rev: 1 });
    expect(reads).toBe(2);
  });

  it('throws for an item that cannot be read, however often', () => {
    const read = readOnce(() => {
      throw new Error('newer');
    });
    expect(() => read(item)).toThrow('newer');
    expect(() => read(item)).toThrow('newer');
  });
});
