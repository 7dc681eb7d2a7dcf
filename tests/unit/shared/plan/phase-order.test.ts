import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycles, orderPhases } from '../../../../shared/plan/phase-order.ts';
import type { Phase } from '../../../../shared/plan/plan.ts';

const phase = (name: string, ...after: string[]): Phase => ({ name, after, components: [], validate: [] });
const named = (levels: Phase[][]) => levels.map((level) => level.map(({ name }) => name));

describe('orderPhases', () => {
  it('puts each phase into the first level after all that it waits for, in the order of the plan', () => {
    const phases = [phase('d', 'b', 'c'), phase('c', 'a'), phase('b', 'a'), phase('a'), phase('z')];
    expect(named(orderPhases({ phases }))).toEqual([['a', 'z'], ['c', 'b'], ['d']]);
  });

  it('refuses a circle', () => {
    expect(() => orderPhases({ phases: [phase('a'), phase('b', 'c'), phase('c', 'b')] })).toThrow(
      'phases wait for each other: b, c',
    );
  });
});

const graph = fc
  .integer({ min: 1, max: 8 })
  .chain((size) => fc.array(fc.uniqueArray(fc.nat(size - 1)), { minLength: size, maxLength: size }))
  .map((edges) => edges.map((after, index) => phase(`p${index}`, ...after.map((to) => `p${to}`))));

describe('findCycles', () => {
  it('finds a circle exactly where the phases have no order', () => {
    fc.assert(
      fc.property(graph, (phases) => {
        const cycles = findCycles(phases);
        if (cycles.length > 0) expect(() => orderPhases({ phases })).toThrow();
        else expect(orderPhases({ phases }).flat()).toHaveLength(phases.length);
      }),
    );
  });

  it('names real links only, and begins with the phase that comes first', () => {
    fc.assert(
      fc.property(graph, (phases) => {
        for (const { names } of findCycles(phases)) {
          for (const [index, name] of names.entries()) {
            const next = names[(index + 1) % names.length] ?? '';
            expect(phases.find((one) => one.name === name)?.after).toContain(next);
          }
          expect(names[0]).toBe(phases.find(({ name }) => names.includes(name))?.name);
        }
      }),
    );
  });
});
