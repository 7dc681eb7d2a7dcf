import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { StepFunctionsWorkflow } from '../../../../adapters/aws/step-functions-workflow.ts';
import { StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';

const sfn = mockClient(SFNClient);
const run = 'arn:aws:states:eu-west-1:111122223333:stateMachine:slipway-run';
const execution = 'arn:aws:states:eu-west-1:111122223333:execution:slipway-run:run-1';
const workflow = new StepFunctionsWorkflow({ client: new SFNClient({ region: 'eu-west-1' }), machines: { run } });
const metadata = { $metadata: {}, message: 'the message' };

beforeEach(() => sfn.reset());

describe('StepFunctionsWorkflow', () => {
  it('starts an execution by name', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: execution });
    expect(await workflow.start('run', 'run-1', { runId: '1' })).toEqual({ arn: execution });
    expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: run,
      name: 'run-1',
      input: '{"runId":"1"}',
    });
  });

  it('answers the same execution when it has run already', async () => {
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists(metadata));
    expect(await workflow.start('run', 'run-1', {})).toEqual({ arn: execution });
    expect(workflow.arnOf('run', 'run-1')).toBe(execution);
  });

  it('does not know whether it started when nothing answered', async () => {
    sfn.on(StartExecutionCommand).rejects(Object.assign(new Error(), { name: 'TimeoutError' }));
    await expect(workflow.start('run', 'run-1', {})).rejects.toBeInstanceOf(StoreUnansweredError);
    sfn.on(StartExecutionCommand).rejects(Object.assign(new Error(), { name: 'ThrottlingException' }));
    await expect(workflow.start('run', 'run-1', {})).rejects.toBeInstanceOf(StoreThrottledError);
  });

  it('refuses an unknown machine and names the known ones', async () => {
    await expect(workflow.start('walk', 'run-1', {})).rejects.toMatchObject({ next: expect.stringContaining('run') });
  });

  it('describes an execution', async () => {
    const dates = { startDate: new Date(1_000), stopDate: new Date(2_000) };
    sfn
      .on(DescribeExecutionCommand)
      .resolves({ stateMachineArn: run, name: 'run-1', status: 'SUCCEEDED', output: '{"a":1}', ...dates });
    expect(await workflow.describe(execution)).toEqual({
      arn: execution,
      machine: 'run',
      name: 'run-1',
      status: 'SUCCEEDED',
      startedAt: 1_000,
      stoppedAt: 2_000,
      output: { a: 1 },
    });
    sfn
      .on(DescribeExecutionCommand)
      .resolves({ stateMachineArn: `${run}2`, status: 'FAILED', startDate: new Date(1), error: 'E', cause: 'C' });
    expect(await workflow.describe(execution)).toMatchObject({
      machine: 'slipway-run2',
      name: 'run-1',
      status: 'FAILED',
      error: 'E',
      cause: 'C',
    });
  });

  it('describes nothing where there is no execution', async () => {
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(metadata));
    expect(await workflow.describe(execution)).toBeUndefined();
  });

  it('stops an execution with a reason that fits, and one that is gone without complaint', async () => {
    sfn.on(StopExecutionCommand).resolvesOnce({}).rejects(new ExecutionDoesNotExist(metadata));
    await workflow.stop(execution, { error: 'e'.repeat(300), cause: 'c'.repeat(40_000) });
    const input = sfn.commandCalls(StopExecutionCommand)[0]?.args[0].input;
    expect([input?.error?.length, input?.cause?.length]).toEqual([256, 32_768]);
    await workflow.stop(execution, { error: 'e', cause: 'c' });
  });

  it('answers a task token', async () => {
    sfn.on(SendTaskSuccessCommand, { taskToken: 't', output: '[1]' }).resolves({});
    sfn.on(SendTaskFailureCommand, { taskToken: 't', error: 'E', cause: 'C' }).resolves({});
    expect(await workflow.succeed('t', [1])).toBe(true);
    expect(await workflow.fail('t', { error: 'E', cause: 'C' })).toBe(true);
  });

  for (const Refusal of [TaskTimedOut, TaskDoesNotExist, InvalidToken]) {
    it(`says that a token is of no use any more: ${Refusal.name}`, async () => {
      sfn.on(SendTaskSuccessCommand).rejects(new Refusal(metadata));
      sfn.on(SendTaskFailureCommand).rejects(new Refusal(metadata));
      expect(await workflow.succeed('t', null)).toBe(false);
      expect(await workflow.fail('t', { error: 'E', cause: 'C' })).toBe(false);
    });
  }
});
