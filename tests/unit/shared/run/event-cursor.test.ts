import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, takeUntold, toldIn } from '../../../../shared/run/event-cursor.ts';

const itemName = fc.constantFrom(
  'RUN',
  'COMPONENT#a',
  'COMPONENT#b',
  'SEGMENT#a#0000',
  'SEGMENT#a#0003',
  'VALIDATION#phase:p#one',
);

describe('a cursor over the events of a run', () => {
  it('holds what was told of each item', () => {
    fc.assert(
      fc.property(fc.dictionary(itemName, fc.integer({ min: 1, max: 5000 })), (record) => {
        const told = new Map(Object.entries(record));
        const read = [...toldIn(cursorOf(told))].filter(([, rev]) => rev > 0);
        expect(new Map(read)).toEqual(told);
      }),
    );
  });

  it.each(['x', 'AAAA', Buffer.from('{"RUN":1}').toString('base64url'), `${'A'.repeat(1000)}`])(
    'is refused where it is %s',
    (cursor) => {
      expect(() => toldIn(cursor)).toThrow(expect.objectContaining({ code: 'CURSOR_UNKNOWN' }));
    },
  );

  it('tells every event once, those of an item in order, however late each is written and whatever the clocks of its writers say', () => {
    const event = fc.record({ item: itemName, at: fc.integer({ min: 0, max: 50 }), readAt: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (drafts, limit) => {
        const revs = new Map<string, number>();
        const shown = new Map<string, number>();
        const all = drafts.map(({ item, at, readAt }) => {
          const rev = (revs.get(item) ?? 0) + 1;
          revs.set(item, rev);
          // An event is in the store before the next of its item.
          const from = Math.max(shown.get(item) ?? 0, readAt);
          shown.set(item, from);
          return { item, rev, at, from };
        });
        const told: string[] = [];
        let cursor = cursorOf(new Map());
        for (let poll = 0; poll <= 5; poll += 1) {
          for (let more = true; more; ) {
            const taken = takeUntold(
              all.filter(({ from }) => from <= poll),
              toldIn(cursor),
              limit,
            );
            told.push(...taken.events.map(({ item, rev }) => `${item} ${rev}`));
            more = taken.more;
            cursor = cursorOf(taken.told);
          }
        }
        expect(told.toSorted()).toEqual(all.map(({ item, rev }) => `${item} ${rev}`).toSorted());
        for (const [item] of revs) {
          const own = told.filter((one) => one.startsWith(`${item} `)).map((one) => Number(one.split(' ').at(-1)));
          expect(own).toEqual(own.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
