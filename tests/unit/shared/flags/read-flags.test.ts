import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFlags, readFlagText } from '../../../../shared/flags/read-flags.ts';
import { documentOf, flagsOf, NOON, onOff, problemsOf } from './flag-builder.ts';

const options = { now: () => NOON };

describe('readFlagText', () => {
  it('refuses 5 MB, saying how much is read', () => {
    const read = readFlagText(
      JSON.stringify(documentOf({ f: onOff(undefined, { metadata: { note: 'x'.repeat(5e6) } }) })),
      options,
    );
    expect(read).toMatchObject({
      ok: false,
      problems: [{ code: 'TOO_LARGE', message: expect.stringContaining('at most 1000000') }],
    });
  });

  it('refuses what is no JSON', () => {
    expect(readFlagText('{', options)).toMatchObject({ ok: false, problems: [{ code: 'NOT_JSON' }] });
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(readFlagText(text, options)).toHaveProperty('ok');
      }),
    );
  });

  it('refuses a key that reaches a prototype', () => {
    const text = '{"flags":{"f":{"state":"ENABLED","variants":{"on":{"__proto__":{"admin":true}}}}}}';
    expect(readFlagText(text, options)).toMatchObject({
      problems: [{ code: 'FORBIDDEN_KEY', path: ['flags', 'f', 'variants', 'on'] }],
    });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('readFlags', () => {
  it('refuses JsonLogic nested 1,000 deep without running out of stack', () => {
    let logic: unknown = true;
    for (let level = 0; level < 1000; level += 1) logic = { '!': [logic] };
    expect(problemsOf(documentOf({ f: onOff({ if: [logic, 'on', 'off'] }) }))).toMatchObject([
      { code: 'TOO_DEEP', path: 'flags.f.targeting' },
    ]);
  });

  it('counts the depth of evaluators that lead to one another', () => {
    const evaluators = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`e${n}`, { '!': [{ $ref: `e${n + 1}` }] }]));
    const document = documentOf(
      { f: onOff({ if: [{ $ref: 'e0' }, 'on', 'off'] }) },
      { $evaluators: { ...evaluators, e150: true } },
    );
    expect(problemsOf(document).map(({ code }) => code)).toContain('TOO_DEEP');
  });

  it('refuses evaluators that grow beyond measure when they are written out', () => {
    const evaluators = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`e${n}`, { and: [{ $ref: `e${n + 1}` }, { $ref: `e${n + 1}` }] }]),
    );
    const document = documentOf(
      { f: onOff({ if: [{ $ref: 'e0' }, 'on', 'off'] }) },
      { $evaluators: { ...evaluators, e40: true } },
    );
    expect(problemsOf(document)).toContainEqual(expect.objectContaining({ code: 'TOO_LARGE', path: 'flags.f' }));
  });

  it('refuses small flags that are large together, with every $ref written out', () => {
    const flags = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`f${n}`, onOff({ if: [{ $ref: 'big' }, 'on'] })]));
    const big = { and: Array(3000).fill({ '!': [true] }) };
    expect(problemsOf({ flags, $evaluators: { big } })).toMatchObject([{ code: 'TOO_LARGE', path: '' }]);
  });

  it('refuses more values than it would look at', () => {
    expect(problemsOf({ flags: Array(2_000_001).fill(1) })).toMatchObject([{ code: 'TOO_LARGE', path: '' }]);
  });

  it('refuses keys that a terminal would obey, and values that JSON does not have', () => {
    const document = documentOf({ f: onOff(undefined, { metadata: { 'a\u001b[2J': 1, when: new Date(0) } }) });
    expect(
      problemsOf(document)
        .map(({ code, path }) => `${code} ${path}`)
        .sort(),
    ).toEqual(['FORBIDDEN_KEY flags.f.metadata', 'WRONG_TYPE flags.f.metadata.when']);
  });

  it('refuses recursion in $ref, naming the circle, also where no flag uses it', () => {
    const document = documentOf({}, { $evaluators: { a: { '!': [{ $ref: 'b' }] }, b: { $ref: 'a' } } });
    expect(problemsOf(document)).toMatchObject([
      { code: 'CYCLE', message: expect.stringContaining('"a" -> "b" -> "a"') },
      { code: 'CYCLE', message: expect.stringContaining('"b" -> "a" -> "b"') },
    ]);
  });

  it('refuses an object that holds itself', () => {
    const value: Record<string, unknown> = {};
    value['flags'] = value;
    expect(problemsOf(value)).toMatchObject([{ code: 'TOO_DEEP' }]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (weight) => {
    const document = documentOf({
      f: onOff({
        fractional: [
          ['on', weight],
          ['off', 1],
        ],
      }),
    });
    expect(problemsOf(document)).toMatchObject([{ code: 'INVALID_NUMBER', path: 'flags.f.targeting.fractional.0.1' }]);
  });

  it('tells all problems in one go, each with its place', () => {
    const document = {
      flags: {
        one: onOff({ iff: [true, 'on', 'off'] }),
        two: onOff({ if: [{ '==': [{ var: 'x' }] }, 'onn', { fractional: [['on', 0.5]] }] }),
        three: onOff({ if: [{ $ref: 'staf' }, 'on'] }, { defaultVariant: 'offf' }),
        four: onOff({ if: [{ sem_ver: [{ var: 'v' }, '==', '1.0.0'] }, 'on'] }),
        five: onOff({ if: [{ var: '__proto__.admin' }, 'on'] }),
        six: onOff({ if: [{ '!': [true], '!!': [true] }, 'on'] }),
      },
      $evaluators: { staff: true },
    };
    expect(
      problemsOf(document)
        .map(({ code, path, suggestion = '-' }) => `${code} ${path} ${suggestion}`)
        .sort(),
    ).toEqual([
      'BAD_ARGUMENTS flags.four.targeting.if.0.sem_ver.1 -',
      'BAD_ARGUMENTS flags.six.targeting.if.0 -',
      'BAD_ARGUMENTS flags.two.targeting.if.0.== -',
      'BAD_ARGUMENTS flags.two.targeting.if.2.fractional.0.1 -',
      'FORBIDDEN_KEY flags.five.targeting.if.0.var -',
      'UNKNOWN_EVALUATOR flags.three.targeting.if.0.$ref staff',
      'UNKNOWN_OPERATOR flags.one.targeting.iff if',
      'UNKNOWN_VARIANT flags.three.defaultVariant off',
      'UNKNOWN_VARIANT flags.two.targeting.if.1 on',
    ]);
  });

  it('tells what does not have the shape of a flag', () => {
    const flags = {
      'bad key!': onOff(),
      typo: { ...onOff(), targetting: {} },
      mixed: { ...onOff(), variants: { on: true, off: 'no' } },
      none: { ...onOff(), variants: {} },
      state: { ...onOff(), state: 'ON' },
    };
    expect(problemsOf({ flags, flag: 1 }).map(({ code, path }) => `${code} ${path}`)).toEqual(
      expect.arrayContaining([
        'BAD_FORMAT flags.bad key!',
        'UNKNOWN_KEY flags.typo.targetting',
        'BAD_FORMAT flags.mixed.variants',
        'BAD_FORMAT flags.none.variants',
        'WRONG_TYPE flags.state.state',
        'UNKNOWN_KEY flag',
      ]),
    );
  });

  it('tells the first hundred problems of many', () => {
    const flags = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, onOff({ nope: [] })]));
    const problems = problemsOf({ flags });
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatchObject({ code: 'TOO_MANY' });
  });

  it('reads what it has read', () => {
    const document = documentOf({ f: onOff({ fractional: [['on', 1], ['off']] }) }, { metadata: { flagSetId: 'shop' } });
    const read = readFlags(document, options);
    expect(read.ok && read.document).toEqual(document);
    expect(flagsOf(document).keys).toEqual(['f']);
  });
});
