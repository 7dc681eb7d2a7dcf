import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type News, type Subject, subjectKey, withNews } from '../../../../shared/experiments/subject.ts';

const news = (more: Partial<News>): News => ({ exposures: [], did: [], ...more });
const shown = (variation: string, at: number) => ({ variation, at });

describe('a subject', () => {
  it('has the cohort of its first exposure for good', () => {
    const first = withNews(undefined, news({ exposures: [shown('on', 20), shown('off', 10)] }));
    expect(first).toMatchObject({ cohort: 'off', exposedAt: 10, moved: true });
    expect(withNews(first, news({ exposures: [shown('on', 5)] }))).toBeUndefined();
    const calm = withNews(undefined, news({ exposures: [shown('on', 20)] }));
    expect(withNews(calm, news({ exposures: [shown('on', 30)] }))).toBeUndefined();
    expect(withNews(calm, news({ exposures: [shown('off', 30)] }))).toMatchObject({ cohort: 'on', exposedAt: 20, moved: true });
  });

  it('may have done something before anybody heard of its exposure', () => {
    const early = withNews(undefined, news({ did: [['order', 30, 1]] }));
    expect(early).toEqual({ moved: false, did: [['order', 30, 1]] });
    expect(withNews(early, news({ exposures: [shown('on', 20)] }))).toMatchObject({ cohort: 'on', did: [['order', 30, 1]] });
  });

  it('does a hundred things that count, and no more', () => {
    const did = Array.from({ length: 150 }, (_, n) => ['order', n, 1] as [string, number, number]);
    const full = withNews(undefined, news({ did }));
    expect(full?.did).toHaveLength(100);
    expect(withNews(full, news({ did: [['order', 999, 1]] }))).toBeUndefined();
  });

  it('is the same however often and in whatever parts it is told of what it did', () => {
    const deed = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 9 }), fc.constant(1));
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 20 }), fc.array(deed, { maxLength: 20 }), (one, other) => {
        const told = (parts: readonly (typeof one)[]) =>
          parts.reduce<Subject | undefined>((was, did) => withNews(was, news({ did })) ?? was, undefined)?.did ?? [];
        const whole = told([[...one, ...other]]);
        expect(told([one, other, one, other])).toEqual(whole);
      }),
    );
  });
});

describe('the key of a subject', () => {
  const keys = Array.from({ length: 4000 }, (_, n) => `zoë-${n}`);

  it('says nothing of who it is, and another thing in every experiment', () => {
    const [one, other] = ['x', 'y'].map((id) => subjectKey({ id, sample: 1 }, 'ada@example.org'));
    expect(JSON.stringify(one)).not.toContain('ada');
    expect(one?.sk).not.toBe(other?.sk);
    expect(subjectKey({ id: 'x', sample: 1 }, 'ada@example.org')).toEqual(one);
  });

  it('is in a sample by hash, in every shard', () => {
    const found = keys.map((key) => subjectKey({ id: 'x', sample: 0.25 }, key)).filter((one) => one !== undefined);
    expect(found.length).toBeGreaterThan(850);
    expect(found.length).toBeLessThan(1150);
    expect(new Set(found.map(({ pk }) => pk)).size).toBe(16);
  });
});
