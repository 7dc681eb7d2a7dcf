import { describe, expect, it } from 'vitest';
import { mostAtOnce, overtaken, type Stay, stayOf } from './stays.ts';

const S = 1000;
const stay = (priority: number, joined: number, from: number, to = from + S): Stay => ({ priority, joined, from, to });

describe('the stays of a crowd', () => {
  it('begin in the queue where a run had to wait, and with its slot where it had not', () => {
    const event = (type: string, at: number, data: object) => ({ type, at, data: data as never });
    const created = event('runCreated', 1, {});
    const queued = event('statusChanged', 2, { queued: 'As many runs as may be are under way' });
    const taken = event('locksTaken', 3, { fences: {} });
    const back = event('locksTaken', 9, { epoch: 2 });
    expect(stayOf([created, queued, taken, back], 1, 4)).toEqual({ priority: 1, joined: 2, from: 3, to: 4 });
    expect(stayOf([created, taken], 0, 4)).toEqual({ priority: 0, joined: 3, from: 3, to: 4 });
  });

  it('count whoever stood in the queue when a lower priority went in before it', () => {
    const first = stay(0, 0, 0, 60 * S);
    const urgent = stay(2, S, 30 * S);
    const late = stay(1, 2 * S, 20 * S);
    expect(overtaken([first, urgent, late])).toBe(1);
    expect(overtaken([first, { ...urgent, from: 19 * S }, late])).toBe(0);
  });

  it('do not count whoever came to the queue only after the other had gone in, as after a kill, or within a moment of it', () => {
    expect(overtaken([stay(0, 50 * S, 50 * S), stay(2, 54 * S, 60 * S)])).toBe(0);
    expect(overtaken([stay(0, 50 * S, 50 * S), stay(2, 48 * S, 60 * S)])).toBe(0);
    expect(overtaken([stay(0, 50 * S, 58 * S), stay(2, 50 * S, 60 * S)])).toBe(0);
  });

  it('tell how many were under way at once', () => {
    expect(mostAtOnce([stay(0, 0, 0, 10), stay(0, 0, 5, 15), stay(0, 0, 10, 20)])).toBe(2);
  });
});
