import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeakWatch } from '../../../../shared/telemetry/leak-watch.ts';

const taken = (figures: readonly number[]): number[] => {
  const watch = new LeakWatch(30);
  return figures.flatMap((figure) => watch.take(figure) ?? []);
};

describe('LeakWatch', () => {
  it('tells of what grows under the noise and never comes back', () => {
    const leaking = Array.from({ length: 400 }, (_, call) => 100 + call / 2 + (call % 8) * 20);
    expect(taken(leaking).length).toBeGreaterThan(0);
  });

  it('says nothing of what is swept now and then, however much it swings', () => {
    const swinging = Array.from({ length: 2000 }, (_, call) => 100 + (call % 50) * 10);
    expect(taken(swinging)).toEqual([]);
  });

  it('says nothing of a cache that fills up and stays', () => {
    expect(taken(Array.from({ length: 1000 }, (_, call) => 100 + Math.min(call, 20)))).toEqual([]);
  });

  it('says nothing of noise that stays below what counts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 500 }), (noise) => {
        expect(taken(noise)).toEqual([]);
      }),
    );
  });
});
