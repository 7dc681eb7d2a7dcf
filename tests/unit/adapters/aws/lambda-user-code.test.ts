import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LambdaUserCode } from '../../../../adapters/aws/lambda-user-code.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { EffectUnansweredError, PreparationError, UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import { UserCodeLostError, UserCodeNotStartedError, UserFunctionError } from '../../../../shared/errors/user-code-errors.ts';
import { taskInput } from '../../../contracts/user-code-contract.ts';

const client = new LambdaClient({ region: 'eu-central-1' });
const mock = mockClient(client);
const clock = new VirtualClock(1_000);
const userCode = new LambdaUserCode({
  client,
  clock,
  functionOf: (task) => (task === 'resize' ? 'slipway-task-resize' : undefined),
});

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const call = (): Promise<unknown> => userCode.call('resize', 'forward', taskInput(), 31_000).catch((error: unknown) => error);
const failing = (facts: object) => mock.on(InvokeCommand).rejects(Object.assign(new Error('it failed'), facts));
const answering = (answer: { FunctionError?: string; body: unknown }) =>
  mock.on(InvokeCommand).resolves({
    Payload: bytes(answer.body) as never,
    ...(answer.FunctionError === undefined ? {} : { FunctionError: answer.FunctionError }),
  });

beforeEach(() => mock.reset());
afterEach(() => mock.reset());

describe('LambdaUserCode', () => {
  it('sends method, input and deadline, and waits for the answer until the deadline at most', async () => {
    answering({ body: { output: { done: true } } });
    expect(await call()).toEqual({ done: true });
    const [sent] = mock.commandCalls(InvokeCommand);
    expect(sent?.args[0].input).toMatchObject({ FunctionName: 'slipway-task-resize', InvocationType: 'RequestResponse' });
    expect(JSON.parse(String(sent?.args[0].input.Payload))).toEqual({ method: 'forward', input: taskInput(), deadline: 31_000 });
    expect((sent?.args as unknown[] | undefined)?.[1]).toEqual({ requestTimeout: 30_000 });
  });

  it('knows that nothing was started where Lambda throttled or was not reached', async () => {
    const cases = [
      { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } },
      { name: 'EC2ThrottledException', $metadata: { httpStatusCode: 502 } },
      { name: 'Error', code: 'ECONNREFUSED' },
      { name: 'Error', code: 'ENOTFOUND' },
      { name: 'TimeoutError', message: 'the request socket did not establish a connection with the server in time' },
    ];
    for (const facts of cases) {
      failing(facts);
      const error = await call();
      expect(error).toBeInstanceOf(UserCodeNotStartedError);
      expect(error).toMatchObject({ retryable: true });
    }
  });

  it('knows nothing of the end where the connection broke after sending', async () => {
    for (const facts of [
      { code: 'ECONNRESET' },
      { code: 'EPIPE' },
      { name: 'TimeoutError' },
      { name: 'ServiceException', $metadata: { httpStatusCode: 500 } },
    ]) {
      failing(facts);
      expect(await call()).toBeInstanceOf(EffectUnansweredError);
    }
  });

  it('does not repeat what was refused for good', async () => {
    for (const facts of [
      { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } },
      { name: 'CredentialsProviderError' },
    ]) {
      failing(facts);
      const error = await call();
      expect(error).toBeInstanceOf(PreparationError);
      expect(error).toMatchObject({ retryable: false });
    }
    await expect(userCode.call('unknown', 'forward', taskInput(), 31_000)).rejects.toThrow('No Task is called unknown');
  });

  it('tells time-outs, crashes and errors of a function apart', async () => {
    const failed = async (errorType: string, errorMessage: string) => {
      answering({ FunctionError: 'Unhandled', body: { errorType, errorMessage } });
      return call();
    };
    expect(await failed('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 3.00 seconds')).toBeInstanceOf(
      UserCodeTimeoutError,
    );
    expect(await failed('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited')).toBeInstanceOf(UserCodeLostError);
    const error = await failed('ThrottlingException', 'slow down');
    expect(error).toBeInstanceOf(UserFunctionError);
    expect(error).toMatchObject({ retryable: true, thrown: { name: 'ThrottlingException', message: 'slow down' } });
    expect(await failed('Runtime.ImportModuleError', 'no module')).toMatchObject({ code: 'USER_CODE_FAILED', retryable: false });
  });

  it('refuses answers that are none of a Task', async () => {
    for (const body of ['hello', { output: 1, thrown: 2 }, {}]) {
      answering({ body });
      expect(await call()).toBeInstanceOf(PreparationError);
    }
  });

  it('sends nothing after the deadline', async () => {
    await expect(userCode.call('resize', 'forward', taskInput(), 1_000)).rejects.toBeInstanceOf(UserCodeNotStartedError);
    expect(mock.commandCalls(InvokeCommand)).toHaveLength(0);
  });

  it('asks a function once what it is', async () => {
    answering({ body: { shape: { effect: 'manual', methods: ['forward'] } } });
    const fresh = new LambdaUserCode({ client, clock, functionOf: () => 'slipway-task-resize' });
    expect(await fresh.shape('resize')).toEqual({ effect: 'manual', methods: ['forward'] });
    expect(await fresh.shape('resize')).toEqual({ effect: 'manual', methods: ['forward'] });
    expect(mock.commandCalls(InvokeCommand)).toHaveLength(1);
  });
});
