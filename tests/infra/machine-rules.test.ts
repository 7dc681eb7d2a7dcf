import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';
import { machines } from '../../statemachines/catalog.ts';
import { lintMachine } from './machine-rules.ts';

const textOf = (name: string) => readFileSync(new URL(`../../statemachines/${name}.asl.json`, import.meta.url), 'utf8');
const specOf = (name: string) => {
  const spec = machines.find((machine) => machine.name === name);
  if (!spec) throw new TypeError(`no machine ${name}`);
  return spec;
};

type Definition = { QueryLanguage?: string; States: { [name: string]: { [field: string]: unknown } } };

/** The problems of the machine `run` with something wrong in it. */
function problemsAfter(sabotage: (definition: Definition) => void): string[] {
  const definition = JSON.parse(textOf('run')) as Definition;
  sabotage(definition);
  return lintMachine(JSON.stringify(definition), specOf('run'), functions).map(({ state, message }) => `${state}: ${message}`);
}

const admit = (definition: Definition) => definition.States['Admit'] ?? {};

describe('lintMachine', () => {
  it.each(machines.map(({ name }) => name))('finds nothing wrong with %s', (name) => {
    expect(lintMachine(textOf(name), specOf(name), functions)).toEqual([]);
  });

  it.each([
    ['a task without a time-out', (it: Definition) => delete admit(it)['TimeoutSeconds'], 'Admit: has no TimeoutSeconds'],
    [
      'a task that ends before its function',
      (it: Definition) => Object.assign(admit(it), { TimeoutSeconds: 29 }),
      'Admit: times out after 29 s',
    ],
    ['a task without a retry', (it: Definition) => delete admit(it)['Retry'], 'Admit: has no Retry'],
    [
      'a task that does not wait for room',
      (it: Definition) =>
        Object.assign(admit(it), { Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], MaxAttempts: 5 }] }),
      'Admit: gives up before others leave room',
    ],
    ['a task without a catch', (it: Definition) => delete admit(it)['Catch'], 'Admit: has no Catch'],
    [
      'a retry of everything',
      (it: Definition) => Object.assign(admit(it), { Retry: [{ ErrorEquals: ['States.ALL'] }] }),
      'Admit: retries States.ALL',
    ],
    ['another query language', (it: Definition) => Object.assign(it, { QueryLanguage: 'JSONPath' }), ': is not in JSONata'],
    [
      'logic in an expression',
      (it: Definition) => Object.assign(admit(it), { Output: '{% $count($states.result) %}' }),
      'Admit: has an expression with a function',
    ],
    [
      'an expression that does not parse',
      (it: Definition) => Object.assign(admit(it), { Output: '{% $states. %}' }),
      'Admit: has an expression that does not parse',
    ],
    [
      'an unknown function',
      (it: Definition) => Object.assign(admit(it), { Comment: `\${${'function'}:admit-nobody}` }),
      ': names the function admit-nobody',
    ],
    ['a transition into nowhere', (it: Definition) => Object.assign(admit(it), { Next: 'Nowhere' }), 'MISSING_TRANSITION_TARGET'],
  ])('names %s', (_, sabotage, expected) => {
    expect(problemsAfter(sabotage).join('\n')).toContain(expected);
  });
});
