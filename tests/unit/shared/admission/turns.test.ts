import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../shared/admission/default-limits.ts';
import { type Limits, needsOf } from '../../../../shared/admission/limits.ts';
import type { Place } from '../../../../shared/admission/queue-state.ts';
import { reasonOf, STEP_MS, turnsOf } from '../../../../shared/admission/turns.ts';

const place = (runId: string, more: Partial<Place> = {}): Place => ({
  runId,
  epoch: 1,
  environment: 'staging',
  actor: 'ada',
  priority: 0,
  semaphores: [],
  at: 0,
  ...more,
});
const unlimited: Limits = { ...DEFAULT_LIMITS, atOnce: null, perEnvironment: null, perPerson: {} };
const order = (places: readonly Place[], limits = unlimited, now = 0) => turnsOf(places, limits, now).map(({ runId }) => runId);
const admitted = (places: readonly Place[], limits: Limits, now = 0) =>
  turnsOf(places, limits, now)
    .filter(({ lacks }) => lacks.length === 0)
    .map(({ runId }) => runId);

describe('the order of runs that wait', () => {
  it('is by priority, then by who has fewer under way and ahead, then by age', () => {
    const places = [
      place('held', { actor: 'ada', heldSince: 0 }),
      place('ada-old', { actor: 'ada', at: 1 }),
      place('bob-1', { actor: 'bob', at: 2 }),
      place('bob-2', { actor: 'bob', at: 3 }),
      place('cy', { actor: 'cy', at: 4 }),
      place('urgent', { actor: 'ada', at: 9, priority: 1 }),
    ];
    expect(order(places)).toEqual(['urgent', 'bob-1', 'cy', 'bob-2', 'ada-old']);
  });

  it('counts ten minutes of waiting as a step of priority', () => {
    const places = [place('old', { at: 0 }), place('high', { actor: 'bob', at: STEP_MS * 2, priority: 3 })];
    expect(order(places, unlimited, STEP_MS * 3 - 1)).toEqual(['high', 'old']);
    expect(order(places, unlimited, STEP_MS * 4)).toEqual(['high', 'old']);
    expect(
      order([places[0] as Place, place('new', { actor: 'bob', at: STEP_MS * 4, priority: 3 })], unlimited, STEP_MS * 4),
    ).toEqual(['old', 'new']);
  });
});

describe('who may go in', () => {
  it('is as many as each limit leaves, in order', () => {
    const places = [
      place('a', { at: 1, actor: 'a' }),
      place('b', { at: 2, actor: 'b' }),
      place('c', { at: 3, actor: 'c', environment: 'production' }),
    ];
    expect(admitted(places, { ...unlimited, perEnvironment: 1 })).toEqual(['a', 'c']);
    expect(admitted(places, { ...unlimited, atOnce: 2 })).toEqual(['a', 'b']);
    expect(admitted(places, { ...unlimited, environments: { staging: { atOnce: 0 } } })).toEqual(['c']);
  });

  it('is nobody while more are under way than a lowered limit allows', () => {
    const places = [1, 2, 3].map((number) => place(`h${number}`, { heldSince: 0 }));
    const limits = { ...unlimited, atOnce: 3 };
    expect(admitted([...places, place('w')], limits)).toEqual([]);
    expect(admitted([...places.slice(0, 2), place('w')], { ...unlimited, atOnce: 2 })).toEqual([]);
    expect(admitted([...places.slice(0, 1), place('w')], { ...unlimited, atOnce: 2 })).toEqual(['w']);
  });

  it('is one run of a person after the other, in the order in which they wait', () => {
    const places = [
      place('first', { at: 1, semaphores: ['db'] }),
      place('second', { at: 2 }),
      place('x', { actor: 'bob', semaphores: ['db'], heldSince: 0 }),
    ];
    const limits = { ...unlimited, perPerson: { atOnce: 1 } };
    expect(admitted(places, limits)).toEqual([]);
    expect(admitted(places.slice(0, 2), limits)).toEqual(['first']);
  });

  it('keeps free permits for a run that lacks only others, so that single ones do not starve it', () => {
    const both = place('both', { at: 1, semaphores: ['left', 'right'] });
    const left = place('left', { actor: 'bob', semaphores: ['left'], heldSince: 0 });
    const right = place('right', { actor: 'cy', at: 2, semaphores: ['right'] });
    expect(admitted([both, left, right], unlimited)).toEqual([]);
    expect(admitted([both, right], unlimited)).toEqual(['both']);
  });

  it('tells a person what it waits for', () => {
    const tell = (limits: Partial<Limits>, more: Partial<Place> = {}) => {
      const [turn] = turnsOf([place('held', { heldSince: 0, ...more }), place('w', more)], { ...unlimited, ...limits }, 0);
      return turn && reasonOf(turn);
    };
    expect(tell({ atOnce: 1 })).toBe('As many runs as may be are under way (1 at once)');
    expect(tell({ perEnvironment: 1 })).toBe('As many runs of staging as may be are under way (1 at once)');
    expect(tell({ perPerson: { atOnce: 1 } })).toBe('ada has as many runs under way, or ahead of it, as may be (1 at once)');
    expect(tell({}, { semaphores: ['db'] })).toBe('Semaphore staging/db is taken (1 at once)');
    expect(tell({ atOnce: 0 })).toBe('Slipway admits no runs now (its limit is 0)');
  });
});

const name = (...names: string[]) => fc.constantFrom(...names);
const anyPlace = fc.record({
  environment: name('staging', 'production'),
  actor: name('ada', 'bob', 'cy'),
  priority: fc.integer({ min: -10, max: 10 }),
  semaphores: fc.uniqueArray(name('left', 'right')),
  at: fc.integer({ min: 0, max: 10 * STEP_MS }),
});
const most = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null });
const anyLimits: fc.Arbitrary<Limits> = fc.record({
  atOnce: most,
  perEnvironment: most,
  environments: fc.constant({ staging: { semaphores: { left: 2 } } }),
  perPerson: fc.record({ atOnce: most }),
  roles: fc.constant({}),
  people: fc.constant({}),
});

/** Everyone who may go in does, then some run ends; `arrives` adds newcomers. The order in which runs went in. */
function played(places: readonly Place[], limits: Limits, arrives: (now: number) => readonly Place[], rounds: number): string[] {
  let waiting = [...places];
  let held: Place[] = [];
  const went: string[] = [];
  for (let round = 0; round < rounds && waiting.length > 0; round += 1) {
    const now = 10 * STEP_MS + round * STEP_MS;
    waiting.push(...arrives(now));
    const turns = admitted([...held, ...waiting], limits, now);
    held.push(...waiting.filter(({ runId }) => turns.includes(runId)).map((one) => ({ ...one, heldSince: now })));
    waiting = waiting.filter(({ runId }) => !turns.includes(runId));
    went.push(...turns);
    for (const need of held.flatMap((one) => needsOf(limits, one))) {
      const taken = held.filter((one) => needsOf(limits, one).some(({ key }) => key === need.key)).length;
      expect(taken).toBeLessThanOrEqual(need.most);
    }
    held = held.slice(1);
  }
  return went;
}

describe('any queue', () => {
  it('is emptied, and no limit is ever exceeded', () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { maxLength: 25 }), anyLimits, (drawn, limits) => {
        const places = drawn.map((one, index) => place(`r${index}`, one));
        expect(played(places, limits, () => [], 200).sort()).toEqual(places.map(({ runId }) => runId).sort());
      }),
    );
  });

  it('lets nobody starve behind newcomers of the highest priority', () => {
    fc.assert(
      fc.property(anyPlace, fc.array(anyPlace, { minLength: 1, maxLength: 2 }), anyLimits, (victim, stream, limits) => {
        const arrives = (now: number) => stream.map((one, index) => place(`n${now}-${index}`, { ...one, priority: 10, at: now }));
        expect(played([place('victim', victim)], limits, arrives, 120)).toContain('victim');
      }),
      { numRuns: 40 },
    );
  });

  it('gives an idle slot to somebody wherever somebody can take it', () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { minLength: 1, maxLength: 10 }), anyLimits, (drawn, limits) => {
        const places = drawn.map((one, index) => place(`r${index}`, { ...one, semaphores: [] }));
        expect(admitted(places, limits, 10 * STEP_MS).length).toBeGreaterThan(0);
      }),
    );
  });

  it('positions every run that waits once', () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { maxLength: 25 }), (drawn) => {
        const places = drawn.map((one, index) => place(`r${index}`, index % 3 === 0 ? { ...one, heldSince: 0 } : one));
        const waiting = places.filter(({ heldSince }) => heldSince === undefined);
        expect(turnsOf(places, DEFAULT_LIMITS, 10 * STEP_MS).map(({ position }) => position)).toEqual(
          waiting.map((_, index) => index + 1),
        );
      }),
    );
  });
});
