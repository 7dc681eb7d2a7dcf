import { describe, expect, it } from 'vitest';
import { Closing } from '../../../local/closing.ts';

describe('Closing', () => {
  it('takes the last step first, each once', async () => {
    const closing = new Closing();
    const taken: number[] = [];
    for (const step of [1, 2, 3]) closing.push(async () => taken.push(step));
    expect(closing.begun).toBe(false);
    await Promise.all([closing.close(), closing.close()]);
    expect(taken).toEqual([3, 2, 1]);
    expect(closing.begun).toBe(true);
  });

  it('goes on after a step that failed, and tells of the first', async () => {
    const closing = new Closing();
    const taken: string[] = [];
    closing.push(async () => taken.push('first'));
    closing.push(() => Promise.reject(new Error('second')));
    closing.push(() => Promise.reject(new Error('third')));
    await expect(closing.close()).rejects.toThrow('third');
    expect(taken).toEqual(['first']);
  });
});
