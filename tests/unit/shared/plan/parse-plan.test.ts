import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isUnprintable } from '../../../../shared/notation/names.ts';
import { parsePlan, parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import { HEAD, planOf, problemsOf, samplePlan, told, withComponent } from './sample-plan.ts';

const only = (text: string, file?: string) => {
  const problems = problemsOf(parsePlan(text, file === undefined ? {} : { file }));
  expect(problems).toHaveLength(1);
  return problems[0];
};

describe('a valid plan', () => {
  it('reads the same from YAML, JSON and an object, with the defaults filled in', () => {
    const [yaml, json, object] = [
      parsePlan(stringify(samplePlan)),
      parsePlan(JSON.stringify(samplePlan, null, 2), { format: 'json' }),
      parsePlanObject(samplePlan),
    ];
    expect(yaml).toMatchObject({
      ok: true,
      plan: { timeouts: { import: 300_000 }, retry: { attempts: 3, maxDelays: [2000, 4000, 8000] } },
    });
    expect(json).toMatchObject({ ok: true, digest: yaml.ok && yaml.digest });
    expect(object).toMatchObject({ ok: true, digest: yaml.ok && yaml.digest });
  });

  it('fills in what the issue names as defaults', () => {
    const [reshape] = planOf(samplePlan).phases[0]?.components ?? [];
    expect(reshape).toMatchObject({
      interval: 2000,
      target: 'quiescent',
      tolerate: 0.001,
      checkpoint: { records: 5000, every: 5000 },
    });
    expect(planOf(samplePlan)).toMatchObject({
      timeouts: { import: 300_000, migrate: 600_000, validate: 120_000 },
      retry: { circuit: { failures: 5, openFor: 30_000 } },
      onFailure: 'rollback',
    });
  });

  it('may begin with a byte order mark and use CRLF', () => {
    expect(told(`\uFEFF${withComponent('kind: wait', 'for: 1s')}`.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it('may use aliases for whole values', () => {
    const parsed = parsePlan(withComponent('kind: task', 'run: Tidy', 'input: { a: &a [1, 2], b: *a }'));
    expect(parsed).toMatchObject({ ok: true, plan: { phases: [{ components: [{ input: { a: [1, 2], b: [1, 2] } }] }] } });
  });

  it('takes a file called .json as JSON and anything else as YAML', () => {
    const relaxed = '{slipway: 1, name: a, target: p/a, phases: [{name: b, components: [{name: c, kind: wait, for: 1s}]}]}';
    expect(told(relaxed)).toEqual([]);
    expect(told(relaxed, 'plan.JSON')).toEqual(['1:2 NOT_JSON']);
    expect(told(JSON.stringify(samplePlan).slice(0, -1), 'plan.json')).toContainEqual(expect.stringContaining('SYNTAX'));
  });
});

describe('a plan called JSON', () => {
  const json = JSON.stringify(samplePlan, null, 1);

  it.each([
    ['a comment', json.replace('\n', ' // first\n'), '1:3'],
    ['a comma too many', json.replace('"slipway": 1,', '"slipway": 1,,'), '2:15'],
    ['a comma before a bracket', json.replace(/\n\}$/, ',\n}'), `${json.split('\n').length - 1}:3`],
    ['a word without quotes', json.replace('"cities"', 'cities'), '3:10'],
    ['single quotes', json.replace('"cities"', "'cities'"), '3:10'],
    ['a number that JSON writes otherwise', json.replace('"slipway": 1', '"slipway": +1'), '2:13'],
  ])('is refused at the place of %s', (_, text, place) => {
    expect(told(text, 'plan.json')).toEqual([expect.stringMatching(new RegExp(`^${place} (?:NOT_JSON|SYNTAX)$`))]);
  });
});

describe('the text of a plan', () => {
  it.each([
    ['an empty file', '', '1:1 EMPTY_PLAN'],
    ['comments only', '# nothing\n\n', '1:1 EMPTY_PLAN'],
    ['a start without a plan', '---\n', '1:1 EMPTY_PLAN'],
    ['a list', '- a\n', '1:1 WRONG_TYPE'],
    ['a word', 'plan', '1:1 WRONG_TYPE'],
    ['more than 1 MB', `# ${'x'.repeat(1_000_000)}`, '1:1 TOO_LARGE'],
    ['more than 1 MB in bytes though not in characters', `# ${'€'.repeat(400_000)}`, '1:1 TOO_LARGE'],
    ['a second document', `${withComponent('kind: wait', 'for: 1s')}---\na: 1\n`, '10:1 MULTIPLE_DOCUMENTS'],
    ['a tab that indents', `${HEAD}phases:\n\t- name: a\n`, '5:1 SYNTAX'],
    ['an open bracket', `${HEAD}phases: [`, '4:10 SYNTAX'],
    ['an open quote', `${HEAD}phases: "`, '4:10 SYNTAX'],
    ['YAML 1.1', `%YAML 1.1\n---\n${withComponent('kind: wait', 'for: 1s')}`, '1:1 UNSUPPORTED_YAML'],
    ['deep nesting in flow style', `${HEAD}a: ${'['.repeat(100_000)}`, expect.stringMatching(/^4:\d+ TOO_DEEP$/)],
    ['deep nesting in block style', `${HEAD}a:\n${'- '.repeat(100_000)}`, expect.stringMatching(/^5:\d+ TOO_DEEP$/)],
  ])('is refused for %s', (_, text, expected) => {
    expect(told(text)).toEqual([expected]);
  });

  it.each([
    ['a tag of JavaScript', 'input: !!js/function "f"', '9:30 UNSUPPORTED_TAG'],
    ['a tag of another type', 'input: !!set { a }', '9:22 UNSUPPORTED_TAG'],
    ['a private tag', 'input: !mine [1]', '9:22 UNSUPPORTED_TAG'],
    ['a tag on a key', 'input: { !!str a: 1 }', '9:24 UNSUPPORTED_TAG'],
    ['not a number', 'input: .nan', '9:16 INVALID_NUMBER'],
    ['an infinity', 'input: { a: [-.inf] }', '9:22 INVALID_NUMBER'],
    ['a number too large to hold', 'input: 1e309', '9:16 INVALID_NUMBER'],
    ['an integer that would lose digits', 'input: 12345678901234567890', '9:16 INVALID_NUMBER'],
    ['__proto__', 'input: { __proto__: { admin: true } }', '9:18 FORBIDDEN_KEY'],
    ['constructor', 'input: { a: { constructor: 1 } }', '9:23 FORBIDDEN_KEY'],
    ['control characters in a key', 'input: { "a\\e[2J": 1 }', '9:18 BAD_TEXT'],
    ['a key twice', 'input: { a: 1, "a": 2 }', '9:24 DUPLICATE_KEY'],
    ['a key that is a list', 'input: { [a]: 1 }', '9:18 WRONG_TYPE'],
    ['a key that is missing', 'input: { : 1 }', '9:17 WRONG_TYPE'],
    ['a merge key', 'input: { <<: { a: 1 } }', '9:18 MERGE_KEY'],
    ['an alias of nothing', 'input: *nothing', '9:16 UNKNOWN_ALIAS'],
    ['an alias inside what it names', 'input: &a [*a]', '9:20 ALIAS_LOOP'],
  ])('is refused for %s', (_, line, expected) => {
    expect(told(withComponent('kind: task', line, 'run: Tidy'))).toEqual([expected]);
  });

  it('tells a duplicate key of JSON', () => {
    expect(only(JSON.stringify(samplePlan).replace('{', '{"name":"other",'), 'plan.json')).toMatchObject({
      code: 'DUPLICATE_KEY',
      path: ['name'],
    });
  });

  it('tells of an alias bomb for less than a second of the processor, whatever its size', () => {
    const levels = Array.from({ length: 60 }, (_, n) => `  a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`);
    const bomb = withComponent('kind: task', 'run: Tidy', 'input:', '  a0: &a0 [x, x, x]', ...levels);
    const before = process.cpuUsage();
    expect(told(bomb)).toEqual([expect.stringContaining('ALIAS_BOMB')]);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it('tells of aliases that nest deeper than the text does', () => {
    const levels = Array.from({ length: 70 }, (_, n) => `  a${n + 1}: &a${n + 1} [*a${n}]`);
    expect(told(withComponent('kind: task', 'run: Tidy', 'input:', '  a0: &a0 x', ...levels))).toEqual([
      expect.stringContaining('ALIAS_BOMB'),
    ]);
  });

  it('tells what is wrong with an aliased value at the anchor and at each alias', () => {
    const text = withComponent('kind: wait', 'for: &time 5').concat('      - { name: again, kind: wait, for: *time }\n');
    expect(told(text)).toEqual(['9:20 WRONG_TYPE', '10:41 WRONG_TYPE']);
  });

  it('tells the first thousand problems and that there are more', () => {
    const keys = Array.from({ length: 1500 }, (_, n) => `zz${n}: 1`).join('\n');
    const problems = problemsOf(parsePlan(`${HEAD}${keys}\n`));
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)).toMatchObject({ code: 'TOO_MANY_PROBLEMS' });
  });
});

describe('the content of a plan', () => {
  it.each([
    ['an unknown key', ['kind: wait', 'for: 1s', 'expire: 2h'], '10:9 UNKNOWN_KEY'],
    ['an unknown kind', ['kind: wayt', 'for: 1s'], '8:15 UNKNOWN_KIND'],
    ['no kind', ['for: 1s'], '7:9 MISSING_KEY'],
    ['a missing key', ['kind: wait'], '7:9 MISSING_KEY'],
    ['a number without a unit', ['kind: wait', 'for: 90'], '9:14 WRONG_TYPE'],
    ['a duration that is none', ['kind: wait', 'for: soon'], '9:14 BAD_FORMAT'],
    ['a duration over a year', ['kind: wait', 'for: 400d'], '9:14 OUT_OF_RANGE'],
    ['an empty value', ['kind: wait', 'for:'], '9:9 WRONG_TYPE'],
    ['a time-out of nothing', ['kind: task', 'run: Tidy', 'timeout: 0s'], '10:18 OUT_OF_RANGE'],
    ['a step that fits into no call', ['kind: task', 'run: Tidy', 'timeout: 50.001s'], '10:18 OUT_OF_RANGE'],
    ['a value that is not offered', ['kind: approval', 'prompt: Go?', 'onExpiry: aprove'], '10:19 UNKNOWN_VALUE'],
    ['an empty prompt', ['kind: approval', 'prompt: ""'], '9:17 OUT_OF_RANGE'],
    ['a prompt that commands the terminal', ['kind: approval', 'prompt: "Go\\e[2J?"'], '9:17 BAD_TEXT'],
    ['a description with half a character', ['kind: wait', 'for: 1s', 'description: "\\ud800"'], '10:22 BAD_TEXT'],
    ['a file above the plan', ['kind: task', 'run: ../tasks.ts#tidy'], '9:14 BAD_FORMAT'],
    ['a file above the plan, hidden', ['kind: task', 'run: ./a/../../tasks.ts#tidy'], '9:14 BAD_FORMAT'],
    ['no items', ['kind: task', 'run: Tidy', 'items: []'], '10:16 TOO_FEW'],
    ['half an item', ['kind: task', 'run: Tidy', 'items: 1.5'], '10:16 WRONG_TYPE'],
    ['too many items', ['kind: task', 'run: Tidy', 'items: 100001'], '10:16 OUT_OF_RANGE'],
    ['items of another type', ['kind: task', 'run: Tidy', 'items: many'], '10:16 WRONG_TYPE'],
    ['delays that fall', ['kind: wait', 'for: 1s', 'retry: { maxDelays: [2s, 4s, 3s] }'], '10:38 NOT_RISING'],
    ['too many retries', ['kind: wait', 'for: 1s', 'retry: { attempts: 11 }'], '10:28 OUT_OF_RANGE'],
    ['an unknown key of retries', ['kind: wait', 'for: 1s', 'retry: { attempt: 1 }'], '10:18 UNKNOWN_KEY'],
  ])('is refused for %s', (_, lines, expected) => {
    expect(told(withComponent(...lines))).toEqual([expected]);
  });

  const batch = (...lines: string[]) =>
    withComponent('kind: batch', 'from: { table: old }', 'to: { table: new }', 'transform: { run: ./t.ts#t }', ...lines);

  it.each([
    ['over 100 %', 'tolerate: 100.1%', '12:19 OUT_OF_RANGE', undefined],
    ['below 0 %', 'tolerate: -1%', '12:19 OUT_OF_RANGE', undefined],
    ['without its unit', 'tolerate: 5', '12:19 WRONG_TYPE', '5%'],
    ['in words', 'tolerate: none', '12:19 BAD_FORMAT', undefined],
  ])('is refused for a percentage %s', (_, line, expected, suggestion) => {
    expect(told(batch(line))).toEqual([expected]);
    expect(only(batch(line))?.suggestion).toBe(suggestion);
  });

  it('is refused for a batch that writes what it reads', () => {
    expect(told(batch().replace('new', 'old'))).toEqual(['10:22 SAME_TABLE']);
  });

  it.each(['Bad Name', '../up', 'a/b', '-a', 'a\u0007b', 'x'.repeat(49), 'constructor', 'a\n'])(
    'is refused for the name %j',
    (name) => {
      const problem = only(JSON.stringify({ ...samplePlan, name }));
      expect(problem?.path).toEqual(['name']);
      expect(isUnprintable(problem?.message ?? '')).toBe(false);
      if (problem?.suggestion !== undefined)
        expect(planOf({ ...samplePlan, name: problem.suggestion }).name).toBe(problem.suggestion);
    },
  );

  it('names the nearest valid name', () => {
    const problems = problemsOf(
      parsePlan(
        batch('tolarate: 1%', 'target: quiesent')
          .replace('kind: batch', 'kind: bach')
          .replace('name: one', 'name: one\n    aftr: []'),
      ),
    );
    expect(problems.map(({ code, suggestion }) => [code, suggestion])).toEqual([
      ['UNKNOWN_KEY', 'after'],
      ['UNKNOWN_KIND', 'batch'],
      ['UNKNOWN_KEY', 'tolerate'],
      ['UNKNOWN_VALUE', 'quiescent'],
    ]);
  });

  it('lists the valid keys where none is near', () => {
    expect(only(withComponent('kind: wait', 'for: 1s', 'colour: red'))?.message).toBe(
      '"colour" is not a key of a wait component. It takes name, retry, timeouts, description, kind, for.',
    );
  });

  it('says why a step may take no longer, and what to do instead', () => {
    expect(only(withComponent('kind: task', 'run: Tidy', 'timeout: 2m'))?.message).toBe(
      'phases[0].components[0].timeout must be at most 50s, since a step must end within one call (longer work: cut it into items); it is "2m".',
    );
  });

  it('finds problems inside misspelt kinds, two levels down', () => {
    expect(told(withComponent('kind: validat', 'checks:', '  - { type: dta, name: c, from: abc, too: abd }'))).toEqual([
      '8:15 UNKNOWN_KIND',
      '10:13 MISSING_KEY',
      '10:21 UNKNOWN_KIND',
      '10:46 UNKNOWN_KEY',
    ]);
  });
});
