import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateDefinition } from '../../../../../local/asl/validation/validate-definition.ts';
import type { Value } from '../../../../../shared/ports/store.ts';
import { machines } from '../../../../../statemachines/catalog.ts';
import { lambdaTask, machine } from '../machine-builder.ts';

const end: Value = { Type: 'Pass', End: true };
const problemsOf = (definition: Value, type?: 'EXPRESS'): string[] =>
  validateDefinition(definition, type === undefined ? {} : { type }).map(({ location, message }) => `${location}: ${message}`);

it.each(machines.map(({ name }) => name))('finds nothing wrong with the state machine %s', (name) => {
  const text = readFileSync(new URL(`../../../../../statemachines/${name}.asl.json`, import.meta.url), 'utf8');
  expect(problemsOf(JSON.parse(text))).toEqual([]);
});

describe('the shape of a machine', () => {
  it.each<[Value, string]>([
    ['text', '/: Definition must be a valid JSON object'],
    [{ QueryLanguage: 'JSONata' }, '/: These fields are required: [States, StartAt]'],
    [machine({}), '/States: Expected at least one state'],
    [machine({ A: end }, { StartAt: 'B' }), "/StartAt: Value 'B' must be one of the states"],
    [machine({ A: end, B: end }), '/States/B: MISSING_TRANSITION_TARGET: State "B" is not reachable.'],
    [machine({ A: { Type: 'Pass', Next: 'B' } }), "/States/A/Next: MISSING_TRANSITION_TARGET: Missing 'Next' target: B"],
    [machine({ A: { Type: 'Pass' } }), '/States/A: These fields are required: [Next] or [End]'],
    [machine({ A: { Type: 'Pass', Next: 'A', End: true } }), "/States/A: A state has either 'Next' or 'End', not both"],
    [
      machine({ A: { Type: 'Nap' } }),
      '/States/A/Type: Value must be one of [Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map]',
    ],
    [machine({ A: 1 }), '/States/A: Expected value of type Object'],
    [machine({ ['x'.repeat(81)]: end }), `/States/${'x'.repeat(81)}: A state name has at most 80 characters`],
    [machine({ A: end }, { TimeoutSeconds: 0 }), '/TimeoutSeconds: Expected a number of at least 1'],
  ])('%j', (definition, problem) => {
    expect(problemsOf(definition)).toContain(problem);
  });

  it('reports every problem at once', () => {
    const definition = machine({
      A: { Type: 'Pass', Next: 'Nowhere' },
      B: { Type: 'Wait', End: true },
      C: lambdaTask('f', { Bogus: 1 }),
    });
    expect(problemsOf(definition).length).toBeGreaterThanOrEqual(5);
  });
});

describe('a JSONPath definition is refused', () => {
  it.each<[string, Value]>([
    ['for want of a query language', { StartAt: 'A', States: { A: end } }],
    ['as a whole', machine({ A: end }, { QueryLanguage: 'JSONPath' })],
    ['in one state', machine({ A: { ...(end as object), QueryLanguage: 'JSONPath' } })],
    ['in one field', machine({ A: { ...(end as object), ResultPath: '$.x' } })],
  ])('%s', (_, definition) => {
    expect(problemsOf(definition).join()).toMatch(/JSONata/);
  });

  it('but JSONata may be set state by state', () => {
    expect(problemsOf({ StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } } })).toEqual([]);
  });
});

describe('the fields of a state', () => {
  const inState = (state: Value): string[] => problemsOf(machine({ A: state }));
  it.each<[Value, string]>([
    [{ Type: 'Pass', End: true, Bogus: 1 }, "/States/A: The field 'Bogus' is not supported"],
    [{ Type: 'Pass', End: true, Output: { a: ['{% 1 + %}'] } }, '/States/A/Output/a[0]: The JSONata expression'],
    [{ Type: 'Pass', End: true, Assign: { states: 1 } }, "/States/A/Assign: The variable name 'states' is reserved"],
    [{ Type: 'Wait', End: true }, "/States/A: A Wait state has exactly one of 'Seconds' and 'Timestamp'"],
    [{ Type: 'Wait', Seconds: -1, End: true }, '/States/A/Seconds: Expected a number of at least 0'],
    [
      { Type: 'Wait', Timestamp: '2016-13-05T21:29:29Z', End: true },
      '/States/A/Timestamp: String does not match RFC3339 timestamp',
    ],
    [{ Type: 'Task', End: true }, '/States/A: These fields are required: [Resource]'],
    [
      lambdaTask('f', { TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      '/States/A/HeartbeatSeconds: HeartbeatSeconds must be smaller than TimeoutSeconds',
    ],
    [lambdaTask('f', { Credentials: {} }), "/States/A/Credentials: The field 'RoleArn' is required but was missing"],
    [
      lambdaTask('f', { Retry: [{ ErrorEquals: [] }] }),
      '/States/A/Retry[0]/ErrorEquals: Expected a list of at least one error name',
    ],
    [lambdaTask('f', { Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }), '/States/A/Retry[0]: States.ALL must appear alone'],
    [
      lambdaTask('f', { Retry: [{ ErrorEquals: ['States.Oops'] }] }),
      "/States/A/Retry[0]/ErrorEquals: 'States.Oops' is no error of the Amazon States Language",
    ],
    [
      lambdaTask('f', { Retry: [{ ErrorEquals: ['X'], JitterStrategy: 'SOME' }] }),
      '/States/A/Retry[0]/JitterStrategy: Value must be one of [FULL, NONE]',
    ],
    [
      lambdaTask('f', {
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'A' },
          { ErrorEquals: ['X'], Next: 'A' },
        ],
      }),
      '/States/A/Catch[0]: States.ALL must be the last in the list',
    ],
    [
      lambdaTask('f', { Catch: [{ ErrorEquals: ['X'], Next: 'Q' }] }),
      "/States/A/Catch[0]/Next: MISSING_TRANSITION_TARGET: Missing 'Next' target: Q",
    ],
    [{ Type: 'Choice', Choices: [] }, '/States/A/Choices: Expected a list with at least one rule'],
    [{ Type: 'Choice', Choices: [{ Next: 'A' }] }, '/States/A/Choices[0]: These fields are required: [Condition]'],
    [{ Type: 'Parallel', Branches: [], End: true }, '/States/A/Branches: Expected a list with at least one branch'],
    [
      { Type: 'Parallel', Branches: [{ StartAt: 'X', States: { X: { Type: 'Pass' } } }], End: true },
      '/States/A/Branches[0]/States/X: These fields are required: [Next] or [End]',
    ],
    [{ Type: 'Map', End: true }, '/States/A: These fields are required: [ItemProcessor]'],
    [
      { Type: 'Map', ItemBatcher: {}, ItemProcessor: { StartAt: 'X', States: { X: end } }, End: true },
      "/States/A: The field 'ItemBatcher' needs a ProcessorConfig with Mode DISTRIBUTED",
    ],
  ])('%j', (state, problem) => {
    expect(inState(state).some((found) => found.startsWith(problem))).toBe(true);
  });
});

it('keeps what only a standard machine does out of an express one', () => {
  const task = (Resource: string): Value => machine({ A: { Type: 'Task', Resource, End: true } });
  expect(problemsOf(task('arn:aws:states:::sqs:sendMessage.waitForTaskToken'))).toEqual([]);
  expect(problemsOf(task('arn:aws:states:::sqs:sendMessage.waitForTaskToken'), 'EXPRESS').join()).toContain(
    "does not support '.waitForTaskToken'",
  );
  expect(problemsOf(task('arn:aws:states:us-east-1:000000000000:activity:a'), 'EXPRESS').join()).toContain(
    'does not support Activity ARN',
  );
});
