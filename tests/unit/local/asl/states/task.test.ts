import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../../../../../local/asl/errors.ts';
import type { Value } from '../../../../../shared/ports/store.ts';
import { bench, functionArn, lambdaTask, machine, machineArn, outcome, run, startOfTime } from '../machine-builder.ts';

const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });

describe('a Lambda task', () => {
  it('invokes a bare function ARN with its Arguments, and takes what it returns', async () => {
    const asked: unknown[] = [];
    const ended = await run(
      machine({ T: lambdaTask('double', { Arguments: { n: '{% $states.input.n %}' }, TimeoutSeconds: 5 }) }),
      { n: 4 },
      {
        invoke: async (arn, payload, { timeoutMs }) => {
          asked.push(arn, payload, timeoutMs);
          return 8;
        },
      },
    );
    expect(asked).toEqual([functionArn('double'), { n: 4 }, 5000]);
    expect(ended.output).toBe(8);
    expect(ended.types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('wraps the payload of lambda:invoke, and calls the qualified version', async () => {
    const Arguments = { FunctionName: functionArn('f'), Qualifier: '7', Payload: { a: 1 } };
    const asked: string[] = [];
    const ended = await run(
      machine({ T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments, End: true } }),
      {},
      {
        invoke: async (arn, payload) => {
          asked.push(arn);
          return payload;
        },
      },
    );
    expect(asked).toEqual([`${functionArn('f')}:7`]);
    expect(ended.output).toMatchObject({ Payload: { a: 1 }, StatusCode: 200, ExecutedVersion: '7' });
  });

  it('turns an error into Error and a Cause like those of a Node Lambda', async () => {
    const ended = await run(
      machine({ T: lambdaTask('f') }),
      {},
      { invoke: async () => Promise.reject(named('Broken', 'it broke')) },
    );
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Broken' });
    expect(JSON.parse(ended.cause ?? '')).toEqual({ errorType: 'Broken', errorMessage: 'it broke', trace: expect.any(Array) });
  });

  it('copes with a function that throws at once, or throws no error', async () => {
    const sync = () => {
      throw named('Sync');
    };
    expect((await run(machine({ T: lambdaTask('f') }), {}, { invoke: sync })).error).toBe('Sync');
    const text = await run(machine({ T: lambdaTask('f') }), {}, { invoke: () => Promise.reject('just text') });
    expect(JSON.parse(text.cause ?? '').errorMessage).toBe('just text');
  });

  it('times out, tells the function so, and can be caught', async () => {
    let told: unknown;
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }];
    const ended = await run(
      machine({
        T: lambdaTask('f', { TimeoutSeconds: '{% 5 * 6 %}', Catch }),
        Late: { Type: 'Pass', Output: 'late', End: true },
      }),
      {},
      {
        invoke: (_, __, { signal }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              told = (signal.reason as Error).name;
            });
          }),
      },
    );
    expect(ended).toMatchObject({ output: 'late', stoppedAt: startOfTime + 30_000 });
    expect(ended.types).toContain('LambdaFunctionTimedOut');
    expect(told).toBe('States.Timeout');
  });

  it('fails on a result beyond 256 KiB, which States.ALL does not catch', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const definition = machine({ T: lambdaTask('f', { Catch }), Caught: { Type: 'Pass', End: true } });
    const ended = await run(definition, {}, { invoke: async () => 'x'.repeat(300_000) });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('is told by its signal when the execution is stopped', async () => {
    let aborted = false;
    const { engine, clock } = bench(
      { machine: machine({ T: lambdaTask('f') }) },
      {
        invoke: (_, __, { signal }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      },
    );
    const { arn } = await engine.start('machine', 'run', {});
    await clock.runUntilIdle();
    await engine.stop(arn, { error: 'Stopped', cause: 'by hand' });
    expect(aborted).toBe(true);
    const ended = await outcome(engine, arn);
    expect(ended).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
    expect(ended.types.at(-1)).toBe('ExecutionAborted');
    await engine.stop(arn, { error: 'Again', cause: '' });
    expect((await engine.describe(arn))?.error).toBe('Stopped');
  });
});

describe('another resource', () => {
  const definition = machine({
    T: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Arguments: { MessageBody: 'hi' }, End: true },
  });

  it('is served by the integration', async () => {
    const ended = await run(definition, {}, { integrate: ({ resource, arguments: args }) => Promise.resolve([resource, args]) });
    expect(ended.output).toEqual(['arn:aws:states:::sqs:sendMessage', { MessageBody: 'hi' }]);
    expect(ended.events.find(({ type }) => type === 'TaskScheduled')?.details).toMatchObject({
      resource: 'sendMessage',
      resourceType: 'sqs',
    });
  });

  it('fails for good where nobody serves it', async () => {
    const states = {
      T: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Retry: [{ ErrorEquals: ['States.ALL'] }], End: true },
    };
    expect(await run(machine(states))).toMatchObject({ status: 'FAILED', error: new RuntimeError('').name });
  });
});

describe('a task token', () => {
  const ask = (more: Record<string, Value> = {}) =>
    machine({
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: { FunctionName: 'ask', Payload: '{% $states.context.Task.Token %}' },
        End: true,
        ...more,
      },
    });

  async function asked(definition: Value, invoke?: (token: string) => Promise<Value>) {
    let token = '';
    const made = bench(
      { machine: definition },
      {
        invoke: async (_, payload) => {
          token = payload as string;
          return invoke?.(token) ?? null;
        },
      },
    );
    const { arn } = await made.engine.start('machine', 'run', {});
    await made.clock.advanceTo(startOfTime + 1);
    return { ...made, arn, token };
  }

  it('waits for the answer, which counts once', async () => {
    const { engine, clock, arn, token } = await asked(ask());
    expect((await engine.describe(arn))?.status).toBe('RUNNING');
    expect(await engine.succeed('another', {})).toBe(false);
    expect(await engine.succeed(token, { yes: true })).toBe(true);
    expect(await engine.fail(token, { error: 'No', cause: '' })).toBe(false);
    await clock.runUntilIdle();
    expect(await engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { yes: true } });
    expect(await engine.succeed(token, {})).toBe(false);
  });

  it('may fail', async () => {
    const { engine, clock, arn, token } = await asked(ask());
    expect(await engine.fail(token, { error: 'Rejected', cause: 'not today' })).toBe(true);
    await clock.runUntilIdle();
    expect(await engine.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'not today' });
  });

  it('may be answered before the submission returns', async () => {
    let succeed: (token: string) => Promise<boolean> = async () => false;
    const made = bench({ machine: ask() }, { invoke: async (_, payload) => succeed(payload as string) });
    succeed = (token) => made.engine.succeed(token, 'early');
    const { arn } = await made.engine.start('machine', 'run', {});
    await made.clock.runUntilIdle();
    expect(await made.engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'early' });
  });

  it('takes no harm from a submission that ends after its answer', async () => {
    const again = machine({
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: { FunctionName: 'ask', Payload: '{% $states.context.Task.Token %}' },
        Next: 'More',
      },
      More: { Type: 'Choice', Choices: [{ Condition: "{% $states.input = 'stop' %}", Next: 'End' }], Default: 'Ask' },
      End: { Type: 'Succeed' },
    });
    const tokens: string[] = [];
    const { engine, clock } = bench(
      { machine: again },
      {
        invoke: async (_, payload) => {
          tokens.push(payload as string);
          await clock.sleep(1000);
          return 'late';
        },
      },
    );
    const { arn } = await engine.start('machine', 'run', {});
    await clock.advanceTo(startOfTime + 500);
    expect(await engine.succeed(tokens[0] ?? '', 'go on')).toBe(true);
    await clock.advanceTo(startOfTime + 1200);
    // The first submission has returned, the second has not: nothing says otherwise.
    expect((await engine.history(arn)).map(({ type }) => type)).not.toContain('TaskSubmitted');
    await clock.advanceTo(startOfTime + 1500);
    expect((await engine.history(arn)).filter(({ type }) => type === 'TaskSubmitted')).toHaveLength(1);
    expect(await engine.succeed(tokens[1] ?? '', 'stop')).toBe(true);
    await clock.runUntilIdle();
    expect(await engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'stop' });
  });

  it('fails where the submission does', async () => {
    const { engine, arn } = await asked(ask(), () => Promise.reject(named('Unreachable')));
    expect(await engine.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Unreachable' });
  });

  it('times out without heartbeats, and lives with them', async () => {
    const { engine, clock, arn, token } = await asked(ask({ TimeoutSeconds: 100, HeartbeatSeconds: 10 }));
    for (const second of [8, 16, 24]) {
      await clock.advanceTo(startOfTime + second * 1000);
      expect(await engine.heartbeat(token)).toBe(true);
    }
    await clock.advanceTo(startOfTime + 33_999);
    expect((await engine.describe(arn))?.status).toBe('RUNNING');
    await clock.advanceTo(startOfTime + 34_000);
    expect(await engine.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    expect(await engine.heartbeat(token)).toBe(false);
  });

  it('takes no answer once the execution is stopped', async () => {
    const { engine, arn, token } = await asked(ask());
    await engine.stop(arn, { error: 'Stopped', cause: '' });
    expect(await engine.succeed(token, {})).toBe(false);
  });
});

describe('a nested execution', () => {
  const parent = (resource: string, more: Record<string, Value> = {}) =>
    machine({
      Start: {
        Type: 'Task',
        Resource: `arn:aws:states:::states:${resource}`,
        Arguments: { StateMachineArn: machineArn('child'), Input: { n: 1 }, Name: 'kid' },
        End: true,
        ...more,
      },
    });
  const child = machine({
    W: { Type: 'Wait', Seconds: 60, Next: 'D' },
    D: { Type: 'Pass', Output: '{% $states.input.n + 1 %}', End: true },
  });
  const kid = 'arn:aws:states:us-east-1:000000000000:execution:child:kid';

  async function started(resource: string, more: Record<string, Value> = {}, definition = child) {
    const made = bench({ machine: parent(resource, more), child: definition });
    const { arn } = await made.engine.start('machine', 'run', {});
    return { ...made, arn };
  }

  it('is only started without .sync', async () => {
    const { engine, clock, arn } = await started('startExecution');
    await clock.advanceTo(startOfTime);
    expect(await engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { ExecutionArn: kid } });
    expect((await engine.describe(kid))?.status).toBe('RUNNING');
  });

  it.each([
    ['startExecution.sync', '2', '{"n":1}'],
    ['startExecution.sync:2', 2, { n: 1 }],
  ])('is waited for by %s', async (resource, Output, Input) => {
    const { engine, clock, arn } = await started(resource);
    await clock.runUntilIdle();
    const ended = await outcome(engine, arn);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', stoppedAt: startOfTime + 60_000 });
    expect(ended.output).toMatchObject({ ExecutionArn: kid, Name: 'kid', Status: 'SUCCEEDED', Output, Input });
    expect(ended.types).toContain('TaskSubmitted');
  });

  it('fails its task when it fails', async () => {
    const failing = machine({ F: { Type: 'Fail', Error: 'Kid', Cause: 'tired' } });
    const { engine, clock, arn } = await started('startExecution.sync:2', {}, failing);
    await clock.runUntilIdle();
    const ended = await outcome(engine, arn);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(ended.cause ?? '')).toMatchObject({ Status: 'FAILED', Error: 'Kid', Cause: 'tired', ExecutionArn: kid });
  });

  it.each([
    ['is stopped with the execution that waits for it', 'startExecution.sync:2', 'ABORTED'],
    ['goes on where nobody waits for it', 'startExecution', 'SUCCEEDED'],
  ])('%s', async (_, resource, status) => {
    const { engine, clock, arn } = await started(resource);
    await clock.advanceTo(startOfTime + 1000);
    await engine.stop(arn, { error: 'Stopped', cause: '' });
    await clock.runUntilIdle();
    expect((await engine.describe(kid))?.status).toBe(status);
  });

  it('is stopped when its task times out', async () => {
    const { engine, clock, arn } = await started('startExecution.sync:2', { TimeoutSeconds: 10 });
    await clock.runUntilIdle();
    expect(await engine.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect((await engine.describe(kid))?.status).toBe('ABORTED');
  });

  it.each([
    [
      'of a machine that is not there',
      { StateMachineArn: machineArn('nobody') },
      'StepFunctions.StateMachineDoesNotExistException',
    ],
    [
      'with an input that is no JSON',
      { StateMachineArn: machineArn('child'), Input: '{' },
      'StepFunctions.InvalidExecutionInputException',
    ],
    ['under a name that cannot be', { StateMachineArn: machineArn('child'), Name: 'a/b' }, 'StepFunctions.InvalidNameException'],
    ['of no machine at all', {}, 'StepFunctions.ValidationException'],
  ])('%s fails its task', async (_, Arguments, error) => {
    const { engine, clock, arn } = await started('startExecution.sync', { Arguments });
    await clock.runUntilIdle();
    expect((await engine.describe(arn))?.error).toBe(error);
  });

  it('cannot take the name of one that has ended', async () => {
    const { engine, clock } = await started('startExecution.sync');
    await clock.runUntilIdle();
    const { arn } = await engine.start('machine', 'again', {});
    await clock.runUntilIdle();
    expect((await engine.describe(arn))?.error).toBe('StepFunctions.ExecutionAlreadyExistsException');
  });
});
