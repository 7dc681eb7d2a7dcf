import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type ParsedPlan, parsePlan, parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import type { PlanInput } from '../../../../shared/plan/plan.ts';
import { samplePlan } from './sample-plan.ts';

const words = ['a', 'b-1', 'copy', 'x0', 'longer-name', '7'];
const word = fc.constantFrom(...words);
const duration = fc.tuple(fc.nat(300), fc.constantFrom('ms', 's', 'm', 'h', 'd')).map(([n, unit]) => `${n + 1}${unit}`);
const percent = fc.double({ min: 0, max: 100, noNaN: true }).map((share) => `${share.toFixed(3)}%`);
const prose = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !/"(?:__proto__|constructor|prototype)":|\\u|\\[bf]|\d{16}/.test(JSON.stringify(value)));

const component = (name: string): fc.Arbitrary<PlanInput['phases'][number]['components'][number]> =>
  fc.oneof(
    fc.record({ name: fc.constant(name), kind: fc.constant('wait' as const), for: duration }),
    fc.record(
      {
        name: fc.constant(name),
        kind: fc.constant('task' as const),
        run: fc.constantFrom('Tidy', './a/b.ts#c'),
        input: json,
        timeout: fc.nat(49).map((n) => `${n + 1}s`),
        items: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['name', 'kind', 'run'] },
    ),
    fc.record(
      {
        name: fc.constant(name),
        kind: fc.constant('batch' as const),
        from: fc.constant({ table: 'old' }),
        to: fc.constant({ table: 'new' }),
        transform: fc.constant({ run: './t.ts#t' }),
        tolerate: percent,
        segments: fc.integer({ min: 1, max: 200 }),
      },
      { requiredKeys: ['name', 'kind', 'from', 'to', 'transform'] },
    ),
  );

/** Valid plans: each phase waits for some of those before it. */
const validPlan: fc.Arbitrary<PlanInput> = fc
  .tuple(fc.uniqueArray(word, { minLength: 1 }), word, prose)
  .chain(([phases, name, description]) =>
    fc
      .tuple(
        ...phases.map((phase, index) =>
          fc.tuple(component(`c-${index}`), fc.subarray(phases.slice(0, index)), fc.constant(phase)),
        ),
      )
      .map((parts) => ({
        slipway: 1 as const,
        name,
        target: `test/${name}`,
        description,
        phases: parts.map(([only, after, phase]) => ({ name: phase, after, components: [only] })),
      })),
  );

function mustAnswer(parsed: ParsedPlan, text: string): void {
  const lines = text.split(/\r\n|\n|\r/).length;
  if (parsed.ok) return;
  expect(parsed.problems.length).toBeGreaterThan(0);
  for (const { line, column, message } of parsed.problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).toMatch(/[.?)]$/);
  }
}

const punctuation = fc.constantFrom(
  ...'{}[]:,&*!|>?-#%@`"\'\n\t \\\u0000\ufeff\ud800',
  '---',
  '<<',
  '~',
  '&a ',
  '*a',
  '__proto__',
  '1e309',
  '%YAML 1.1\n',
);
const noise = fc.array(fc.oneof(punctuation, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((parts) => parts.join(''));

describe('parsePlan', () => {
  it('answers a plan or problems inside the file, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(noise, fc.string({ unit: 'binary', maxLength: 200 })), (text) => mustAnswer(parsePlan(text), text)),
      { numRuns: 3000 },
    );
  });

  it('answers a plan or problems inside the file for a valid plan with damage', () => {
    const whole = stringify(samplePlan);
    const damage = fc.array(fc.tuple(fc.nat(whole.length), fc.nat(12), noise), { minLength: 1, maxLength: 4 });
    const broken = damage.map((cuts) =>
      cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), whole),
    );
    fc.assert(
      fc.property(broken, fc.constantFrom('yaml', 'json'), (text, format) => mustAnswer(parsePlan(text, { format }), text)),
      { numRuns: 1500 },
    );
  });

  it('gives one digest for a plan as YAML, as JSON, as an object, and with its keys in another order', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inside]) => [key, reversed(inside)]),
      );
    };
    fc.assert(
      fc.property(validPlan, (plan) => {
        const readings = [
          parsePlan(stringify(plan)),
          parsePlan(JSON.stringify(plan, null, 2), { format: 'json' }),
          parsePlan(JSON.stringify(plan), { format: 'yaml' }),
          parsePlanObject(plan),
          parsePlanObject(reversed(plan)),
        ];
        const digests = new Set(readings.map((parsed) => (parsed.ok ? parsed.digest : parsed.problems)));
        expect([...digests]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('parsePlanObject', () => {
  it('answers whatever the value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const parsed = parsePlanObject(value);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
