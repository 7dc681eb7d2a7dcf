import { describe, expect, it } from 'vitest';
import { type Behaviour, compareFunnels, funnels } from '../../../../shared/experiments/funnel.ts';

const exposed = (subject: string, cohort: string, at = 0): Behaviour => ({ subject, name: null, at, cohort });
const did = (subject: string, name: string, at: number): Behaviour => ({ subject, name, at });
const OPTIONS = { steps: ['search', 'view', 'book'], within: 100 };

describe('funnels', () => {
  it('counts how far each cohort came, in order', () => {
    const behaviour = [
      did('b', 'view', 7),
      exposed('a', 'new'),
      exposed('b', 'new'),
      exposed('c', 'old'),
      did('a', 'search', 5),
      did('a', 'help', 6),
      did('a', 'view', 8),
      did('a', 'book', 9),
      did('b', 'search', 6),
      did('c', 'book', 5),
    ];
    expect(funnels(behaviour, OPTIONS)).toEqual([
      {
        cohort: 'new',
        exposed: 2,
        steps: [
          { name: 'search', subjects: 2, ofPrevious: 1, ofExposed: 1 },
          { name: 'view', subjects: 2, ofPrevious: 1, ofExposed: 1 },
          { name: 'book', subjects: 1, ofPrevious: 0.5, ofExposed: 0.5 },
        ],
      },
      {
        cohort: 'old',
        exposed: 1,
        steps: [
          { name: 'search', subjects: 0, ofPrevious: 0, ofExposed: 0 },
          { name: 'view', subjects: 0, ofPrevious: null, ofExposed: 0 },
          { name: 'book', subjects: 0, ofPrevious: null, ofExposed: 0 },
        ],
      },
    ]);
  });

  it('counts nothing before the exposure, after the window, or without exposure', () => {
    const behaviour = [did('a', 'search', 1), exposed('a', 'new', 2), did('a', 'search', 103), did('x', 'search', 5)];
    expect(funnels(behaviour, OPTIONS)[0]?.steps[0]?.subjects).toBe(0);
    expect(funnels([exposed('a', 'new', 2), did('a', 'search', 102)], OPTIONS)[0]?.steps[0]?.subjects).toBe(1);
  });

  it('takes what is done at the instant of exposure, in whatever order it comes', () => {
    expect(funnels([did('a', 'search', 5), exposed('a', 'new', 5)], OPTIONS)[0]?.steps[0]?.subjects).toBe(1);
  });

  it('leaves a subject in its first cohort', () => {
    const cohorts = funnels([exposed('a', 'new', 1), exposed('a', 'old', 2)], OPTIONS);
    expect(cohorts.map(({ cohort, exposed: count }) => [cohort, count])).toEqual([['new', 1]]);
  });

  it('needs a step for each time the step is named, and refuses odd input', () => {
    const twice = { steps: ['search', 'search'], within: 100 };
    expect(funnels([exposed('a', 'new'), did('a', 'search', 1)], twice)[0]?.steps.map(({ subjects }) => subjects)).toEqual([
      1, 0,
    ]);
    expect(() => funnels([], { steps: [], within: 1 })).toThrow('at least one step');
    expect(() => funnels([did('a', 'search', Number.NaN)], OPTIONS)).toThrow('What a did has the time NaN');
  });
});

describe('compareFunnels', () => {
  it('compares the conversion of each step between two cohorts', () => {
    const many = (cohort: string, total: number, converted: number): Behaviour[] =>
      Array.from({ length: total }, (_, index) => [
        exposed(`${cohort}${index}`, cohort),
        ...(index < converted ? [did(`${cohort}${index}`, 'search', 1)] : []),
      ]).flat();
    const [fresh, old] = funnels([...many('new', 1000, 300), ...many('old', 1000, 200)], { steps: ['search'], within: 10 });
    const [difference] = fresh && old ? compareFunnels(old, fresh) : [];
    expect(difference?.test?.difference).toBeCloseTo(0.1, 12);
    expect(difference?.test?.p).toBeLessThan(1e-6);
    expect(difference?.ratio.low).toBeGreaterThan(1);
  });

  it('has nothing to test where nobody was exposed', () => {
    const empty = { cohort: 'old', exposed: 0, steps: [{ name: 's', subjects: 0, ofPrevious: null, ofExposed: null }] };
    expect(compareFunnels(empty, { ...empty, cohort: 'new' })).toEqual([
      { step: 's', test: null, ratio: { low: 0, high: null } },
    ]);
  });
});
