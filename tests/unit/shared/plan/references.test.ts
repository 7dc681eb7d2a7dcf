import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../shared/plan/parse-plan.ts';
import { checkReferences, type PlanFacts, referencesOf } from '../../../../shared/plan/references.ts';
import { planOf, samplePlan, withComponent } from './sample-plan.ts';

const plain = { effect: 'idempotent', methods: ['forward'] } as const;

describe('referencesOf', () => {
  it('names everything outside the plan, with its use', () => {
    expect(referencesOf(planOf(samplePlan)).map(({ to, name }) => `${to} ${name}`)).toEqual([
      'table cities-old',
      'table cities-new',
      'transform ./cities.ts#reshape',
      'task ./tasks.ts#buildIndex',
      'table cities-old',
      'table cities-new',
      'transform ./cities.ts#reshape',
      'check ./checks.ts#errors',
    ]);
  });

  it('reads what it can of a plan with problems', () => {
    const parsed = parsePlan(withComponent('kind: tsk', 'run: ./tasks.ts#tidy'));
    expect(parsed.ok).toBe(false);
    expect(parsed.references).toMatchObject([{ to: 'task', name: './tasks.ts#tidy' }]);
    expect(referencesOf({ phases: [{ components: [{ run: '../up.ts#a', from: { table: 'a/b' } }, null] }, 3] })).toEqual([]);
  });
});

describe('checkReferences', () => {
  const check = (text: string, facts: PlanFacts) => {
    const { references, locate } = parsePlan(text);
    return checkReferences(references, facts, locate);
  };
  const task = withComponent('kind: task', 'run: ./tasks.ts#tidy');

  it('finds nothing where everything is there, or nothing is known', () => {
    const references = referencesOf(planOf(samplePlan));
    const functions = new Map(references.flatMap(({ to, name }) => (to === 'table' ? [] : [[name, plain] as const])));
    expect(checkReferences(references, { tables: new Set(['cities-old', 'cities-new']), functions })).toEqual([]);
    expect(checkReferences(references, {})).toEqual([]);
  });

  it('names the nearest table, with its place', () => {
    const text = withComponent(
      'kind: batch',
      'from: { table: citis }',
      'to: { table: elsewhere }',
      'transform: { run: ./t.ts#t }',
    );
    expect(check(text, { tables: new Set(['cities', 'users']) })).toEqual([
      {
        code: 'UNKNOWN_TABLE',
        message: 'There is no table "citis". Create it first. Did you mean "cities"?',
        path: ['phases', 0, 'components', 0, 'from', 'table'],
        suggestion: 'cities',
        line: 9,
        column: 24,
      },
      expect.not.objectContaining({ suggestion: expect.anything() }),
    ]);
  });

  it.each<[string, PlanFacts, string | undefined, string]>([
    [
      'a file',
      { functions: new Map([['./tasks.ts#tidy', 'missing-file']]), files: ['./task.ts'] },
      './task.ts#tidy',
      'There is no file "./tasks.ts"',
    ],
    [
      'a file with none near',
      { functions: new Map([['./tasks.ts#tidy', 'missing-file']]) },
      undefined,
      'There is no file "./tasks.ts"',
    ],
    [
      'an export',
      { functions: new Map([['./tasks.ts#tidy', 'missing-export']]), exports: new Map([['./tasks.ts', ['tidyUp', 'other']]]) },
      './tasks.ts#tidyUp',
      'does not export "tidy"',
    ],
    [
      'an export with none near',
      { functions: new Map([['./tasks.ts#tidy', 'missing-export']]), exports: new Map([['./tasks.ts', ['a', 'b']]]) },
      undefined,
      'It exports "a", "b".',
    ],
  ])('names the nearest function for %s that is missing', (_, facts, suggestion, message) => {
    const problems = check(task, facts);
    expect(problems).toMatchObject([
      { code: 'UNKNOWN_FUNCTION', line: 9, column: 14, message: expect.stringContaining(message) },
    ]);
    expect(problems[0]?.suggestion).toBe(suggestion);
  });

  it('names the nearest declared Task', () => {
    const facts: PlanFacts = { functions: new Map([['Tidi', 'missing-export']]), tasks: ['Tidy'] };
    expect(check(withComponent('kind: task', 'run: Tidi'), facts)).toMatchObject([
      { code: 'UNKNOWN_FUNCTION', suggestion: 'Tidy' },
    ]);
  });

  it('wants forward of every function, and probe of a task whose effect is probeable', () => {
    const facts = (effect: 'probeable' | 'manual', ...methods: ('forward' | 'undo' | 'probe')[]): PlanFacts => ({
      functions: new Map([['./tasks.ts#tidy', { effect, methods }]]),
    });
    expect(check(task, facts('manual', 'undo'))).toMatchObject([
      { code: 'MISSING_METHOD', message: expect.stringContaining('needs forward.') },
    ]);
    expect(check(task, facts('probeable', 'forward'))).toMatchObject([
      { message: expect.stringContaining('needs probe because') },
    ]);
    expect(check(task, facts('probeable', 'forward', 'probe'))).toEqual([]);
  });
});

describe('a secret that a plan rotates', () => {
  const DAY = 86_400_000;
  const rotate = (...more: string[]) => parsePlan(withComponent('kind: rotate', 'secretId: orders/db', ...more));
  const found = (every: number | undefined, ...more: string[]) => {
    const { references, locate } = rotate(...more);
    return checkReferences(references, { secrets: new Map([['orders/db', { system: 'redis', every }]]) }, locate);
  };

  it('is one that there are settings for', () => {
    const { references, locate } = rotate();
    expect(references).toMatchObject([{ to: 'secret', name: 'orders/db', overlap: undefined }]);
    expect(checkReferences(references, {}, locate)).toEqual([]);
    expect(checkReferences(references, { secrets: new Map([['orders/db', undefined]]) }, locate)).toMatchObject([
      { code: 'UNKNOWN_SECRET', message: expect.stringContaining('slipway secrets set orders/db'), line: 9 },
    ]);
  });

  it('leaves the old credential less time than there is to the next rotation', () => {
    expect(found(DAY, 'overlap: 23h')).toEqual([]);
    expect(found(undefined, 'overlap: 30d')).toEqual([]);
    expect(found(DAY, 'overlap: 24h')).toMatchObject([
      { code: 'OUT_OF_RANGE', message: expect.stringContaining('every 1d'), line: 10 },
    ]);
  });
});
