import { describe, expect, it } from 'vitest';
import { raiseNumbers } from '../../../../shared/run/raise-numbers.ts';

const BY = 1_000_000;

describe('raiseNumbers', () => {
  it('raises a lock and the fence that its run recorded alike', () => {
    const lock = raiseNumbers({ pk: 'LOCK#a', sk: 'LOCK', fence: 7, ownerEpoch: 2, holder: 'r1' }, BY);
    const run = raiseNumbers({ pk: 'RUN#r1', sk: 'RUN', epoch: 2, rev: 9, fences: { a: 7, b: 1 }, execution: 'r1-2' }, BY);
    expect(lock).toEqual({ pk: 'LOCK#a', sk: 'LOCK', fence: BY + 7, ownerEpoch: BY + 2, holder: 'r1' });
    expect(run).toMatchObject({ epoch: BY + 2, rev: 9, fences: { a: BY + 7, b: BY + 1 }, execution: 'r1-2' });
  });

  it('leaves out what a free lock and a run that never turned do not have', () => {
    expect(raiseNumbers({ pk: 'LOCK#a', sk: 'LOCK', fence: 7 }, BY)).toEqual({ pk: 'LOCK#a', sk: 'LOCK', fence: BY + 7 });
    expect(raiseNumbers({ pk: 'RUN#r1', sk: 'RUN', epoch: 1 }, BY)).toEqual({ pk: 'RUN#r1', sk: 'RUN', epoch: BY + 1 });
    expect(raiseNumbers({ pk: 'RUN#r1', sk: 'RUN', epoch: 3, backEpoch: 3 }, BY)).toMatchObject({ backEpoch: BY + 3 });
  });

  it.each(['COMPONENT#one', 'SEGMENT#one#0003'])('raises the epoch of %s and leaves its progress alone', (sk) => {
    expect(raiseNumbers({ pk: 'RUN#r1', sk, epoch: 2, cursor: 5, rev: 8 }, BY)).toEqual({
      pk: 'RUN#r1',
      sk,
      epoch: BY + 2,
      cursor: 5,
      rev: 8,
    });
  });

  it('raises the owner of a flag, and touches neither its document nor events', () => {
    const flag = { pk: 'FLAG#staging#f', sk: 'FLAG', ownerEpoch: 1, rev: 4, document: { epoch: 1 } };
    expect(raiseNumbers(flag, BY)).toEqual({ ...flag, ownerEpoch: BY + 1 });
    const event = { pk: 'RUN#r1', sk: 'EVENT#RUN#000000001', epoch: 1, rev: 1 };
    expect(raiseNumbers(event, BY)).toBe(event);
  });
});
