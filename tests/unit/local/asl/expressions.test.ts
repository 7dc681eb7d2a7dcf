import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { QueryEvaluationError } from '../../../../local/asl/errors.ts';
import { createEvaluator, expectType, expressionIn, syntaxError } from '../../../../local/asl/expressions.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { startOfTime } from './machine-builder.ts';

const clock = new VirtualClock(startOfTime);
const evaluator = (seed = 1) => createEvaluator(clock, seededIds(seed, clock));
const evaluate = (expression: string, bindings: Record<string, unknown> = {}) =>
  evaluator().evaluate(`{% ${expression} %}`, 'Output', bindings);

describe('a template', () => {
  it('leaves everything but expressions as it is', async () => {
    const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('{%'));
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const template = JSON.parse(JSON.stringify(value)) as Value;
        expect(await evaluator().evaluate(template, 'Output', {})).toEqual(template);
      }),
    );
  });

  it('shares nothing with what it was given', async () => {
    const input = { list: [1] };
    const output = (await evaluate('$states.input', { states: { input } })) as { list: number[] };
    output.list.push(2);
    expect(input.list).toEqual([1]);
  });

  it.each([
    ['{% a %}', 'a'],
    ['{%a%}', 'a'],
    [' {% a %}', undefined],
    ['{% a', undefined],
    ['{%}', undefined],
  ])('holds an expression only between its marks: %s', (text, expression) => {
    expect(expressionIn(text)).toBe(expression);
  });
});

describe("AWS's functions", () => {
  it.each<[string, Value]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(9, 0, -4)', [9, 5, 1]],
    ["$hash('hello', 'MD5')", '5d41402abc4b2a76b9719d911017c592'],
    ["$hash('hello', 'SHA-256')", '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
    ['$parse(\'{"a":[1]}\')', { a: [1] }],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ["$now('[Y]-[M01]-[D01]')", '2026-01-01'],
    ['$count($shuffle([1..9]))', 9],
    [
      '$uuid()',
      expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as unknown as Value,
    ],
  ])('%s', async (expression, result) => {
    expect(await evaluate(expression)).toEqual(result);
  });

  it.each([
    ["$hash('a', 'CRC')", /\$hash knows/],
    ['$range(1, 5000, 1)', /at most 1000 items/],
    ['$range(1, 2, 0)', /not zero/],
    ['$partition([1], 0)', /positive number/],
    ["$parse('{')", /threw an error during evaluation/],
    ["$eval('1')", /T1006: Attempted to invoke a non-function/],
    ['$sum', /unsupported result type/],
    ['$missing', /returned nothing \(undefined\)/],
  ])('%s fails', async (expression, message) => {
    await expect(evaluate(expression)).rejects.toThrow(message);
    await expect(evaluate(expression)).rejects.toThrow(QueryEvaluationError);
  });

  it('draw the same for the same seed', async () => {
    const draw = (seed: number) => evaluator(seed).evaluate('{% [$random(), $uuid()] %}', 'Output', {});
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
  });
});

it('reports what has another type than the field wants, expression or not', () => {
  expect(expectType([1], 'array', '{% [1] %}', 'Items')).toEqual([1]);
  expect(() => expectType('x', 'number', 'x', 'Seconds')).toThrow(
    /The value specified for the field 'Seconds'.*Expected 'number', but was 'string'/,
  );
});

it('knows what does not parse', () => {
  expect(syntaxError('1 + 1')).toBeUndefined();
  expect(syntaxError('1 +')).toMatch(/^S0\d+: /);
});
