import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidDefinitionError, prepareMachine } from '../../../../local/asl/machines.ts';
import { type ConformanceCase, defaultCaseFiles, readCases, replay } from '../../../peers/asl-conformance.ts';
import { machineArn } from './machine-builder.ts';

const files = defaultCaseFiles();
const missing = 'the recorded cases (../shared/asl-conformance) are not here';

describe('executions that AWS recorded', () => {
  const cases = files.flatMap(readCases);
  if (cases.length === 0) it.skip(`are replayed alike: ${missing}`);
  it.each(cases.map((recorded) => [recorded.id, recorded] as const))('are replayed alike: %s', async (_, recorded) => {
    expect(await replay(recorded)).toEqual([]);
  });

  it.skipIf(files.length === 0)('are told apart from executions that went otherwise', async () => {
    const recorded = cases.find(({ expected }) => expected.output !== undefined);
    if (recorded === undefined) throw new Error('No case has an output.');
    const other = { ...recorded, expected: { ...recorded.expected, output: 'something else' } };
    expect(await replay(other)).toEqual([expect.stringMatching(/^output: expected "something else"/)]);
  });
});

describe('a recorded task token', () => {
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    Arguments: { MessageBody: { Token: '{% $states.context.Task.Token %}' } },
    TimeoutSeconds: 60,
    HeartbeatSeconds: 5,
    End: true,
  };
  const recording = (
    attempt: ConformanceCase['tasks'][number]['attempts'][number],
    expected: ConformanceCase['expected'],
  ): ConformanceCase => ({
    id: 'token',
    queryLanguage: 'jsonata',
    definition: { QueryLanguage: 'JSONata', StartAt: 'Ask', States: { Ask: task } },
    input: {},
    tasks: [{ stateName: 'Ask', arguments: { MessageBody: { Token: '<task_token:1>' } }, attempts: [attempt] }],
    expected,
  });
  const events = (...types: string[]) =>
    ['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSubmitted', ...types].map((type) => ({ type }));

  it.each([
    [{ output: 'yes' }, { status: 'SUCCEEDED', output: 'yes' }],
    [
      { error: 'No', cause: 'why' },
      { status: 'FAILED', error: 'No', cause: 'why', events: events('TaskFailed', 'ExecutionFailed') },
    ],
    [
      { error: 'States.HeartbeatTimeout', timedOut: true },
      { status: 'FAILED', error: 'States.HeartbeatTimeout', events: events('TaskTimedOut', 'ExecutionFailed') },
    ],
  ])('is answered with %j', async (attempt, expected) => {
    expect(await replay(recording(attempt, expected))).toEqual([]);
  });
});

describe('definitions that AWS refused', () => {
  if (files.length === 0) it.skip(`are refused: ${missing}`);
  const refused: { id: string; definitionText: string; machineType: string }[] = files
    .slice(0, 1)
    .flatMap((file) => JSON.parse(readFileSync(resolve(file, '../definitions.json'), 'utf8')));
  it.each(refused.map((one) => [one.id, one] as const))('are refused: %s', (_, { definitionText, machineType }) => {
    const type = machineType.endsWith('EXPRESS') ? 'EXPRESS' : 'STANDARD';
    expect(() => prepareMachine({ arn: machineArn('m'), name: 'm', definition: definitionText, type })).toThrow(
      InvalidDefinitionError,
    );
  });
});
