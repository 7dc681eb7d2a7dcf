import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueLog } from '../../../../../adapters/embedded/metrics/value-log.ts';

type Entry = readonly [at: number, value: number, count: number];

const all = (log: ValueLog, from = 0, to = 1_000): Entry[] => {
  const seen: Entry[] = [];
  log.visit(from, to, (at, value, count) => seen.push([at, value, count]));
  return seen;
};

describe('ValueLog', () => {
  it('counts the same value at the same time', () => {
    const log = new ValueLog();
    for (const value of [5, 5, 6, 5]) log.add(1, value, 2);
    expect(all(log)).toEqual([
      [1, 5, 4],
      [1, 6, 2],
      [1, 5, 2],
    ]);
  });

  it('is a list sorted by time, whatever comes, is asked for and is dropped', () => {
    const add = fc.record({ kind: fc.constant('add' as const), at: fc.integer({ min: 0, max: 50 }) });
    const drop = fc.record({ kind: fc.constant('drop' as const), count: fc.integer({ min: 0, max: 9 }) });
    const before = fc.record({ kind: fc.constant('before' as const), at: fc.integer({ min: 0, max: 50 }) });
    const bound = fc.integer({ min: 0, max: 51 });
    fc.assert(
      fc.property(fc.array(fc.oneof(add, add, add, drop, before), { maxLength: 60 }), bound, bound, (steps, from, to) => {
        const log = new ValueLog();
        let model: Entry[] = [];
        steps.forEach((step, value) => {
          if (step.kind === 'add') {
            log.add(step.at, value, 1);
            const later = model.findIndex(([at]) => at > step.at);
            model.splice(later < 0 ? model.length : later, 0, [step.at, value, 1]);
          } else if (step.kind === 'drop') {
            log.drop(step.count);
            model = model.slice(step.count);
          } else {
            log.dropBefore(step.at);
            model = model.filter(([at]) => at >= step.at);
          }
          expect([log.length, log.newest]).toEqual([model.length, model.at(-1)?.[0]]);
        });
        expect(all(log, from, to)).toEqual(model.filter(([at]) => at >= from && at < to));
      }),
    );
  });
});
