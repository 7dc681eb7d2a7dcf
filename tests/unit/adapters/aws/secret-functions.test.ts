import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { SecretFunctions } from '../../../../adapters/aws/secret-functions.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { secretErrorNamed } from '../../../../shared/errors/secret-error-named.ts';
import * as secretErrors from '../../../../shared/errors/secret-errors.ts';

const client = new LambdaClient({ region: 'eu-central-1' });
const mock = mockClient(client);
const functions = new SecretFunctions({
  client,
  clock: new VirtualClock(1_000),
  functionOf: (secretId) => (secretId.startsWith('slipway-test-secret-') ? secretId : undefined),
});
const window = { secretId: 'slipway-test-secret-db', token: 't1', since: 5 };

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as never;
const answering = (body: unknown) => mock.on(InvokeCommand).resolves({ Payload: bytes(body) });
const throwing = (errorType: string, errorMessage = 'planted-secret') =>
  mock.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', Payload: bytes({ errorType, errorMessage }) });
const failing = (facts: object) => mock.on(InvokeCommand).rejects(Object.assign(new Error('it failed'), facts));

beforeEach(() => mock.reset());

describe('old credentials through the function of their secret', () => {
  it.each([{ outcome: 'wait', until: 7 }, { outcome: 'revoked' }, { outcome: 'kept' }, { outcome: 'superseded' }])(
    'answers %j as the function does',
    async (answer) => {
      answering(answer);
      expect(await functions.revoke(window)).toEqual(answer);
      const [sent] = mock.commandCalls(InvokeCommand);
      expect(sent?.args[0].input).toMatchObject({ FunctionName: window.secretId, InvocationType: 'RequestResponse' });
      const payload = { Step: 'revokeSecret', SecretId: window.secretId, ClientRequestToken: 't1', since: 5 };
      expect(JSON.parse(String(sent?.args[0].input.Payload))).toEqual(payload);
    },
  );

  it('has the old one made the current one again', async () => {
    answering({ outcome: 'done' });
    await functions.restore(window);
    const sent = JSON.parse(String(mock.commandCalls(InvokeCommand)[0]?.args[0].input.Payload));
    expect(sent).toEqual({ Step: 'restoreSecret', SecretId: window.secretId, ClientRequestToken: 't1' });
  });

  it('asks nobody of a secret that none of our functions rotates', async () => {
    await expect(functions.revoke({ ...window, secretId: 'theirs' })).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    expect(mock.calls()).toHaveLength(0);
  });

  it('refuses an answer that says nothing', async () => {
    answering({ outcome: 'perhaps' });
    await expect(functions.revoke(window)).rejects.toMatchObject({ code: 'ROTATION_STEP' });
  });

  it.each(Object.keys(secretErrors))('throws %s where the function has', async (name) => {
    throwing(name, 'The server refuses it.');
    const error = secretErrorNamed(name, 'The server refuses it.');
    expect(error).toBeInstanceOf(Error);
    await expect(functions.revoke(window)).rejects.toMatchObject({ name, message: 'The server refuses it.', code: error?.code });
  });

  it.each([
    'StoreThrottledError',
    'StoreUnansweredError',
    'SupersededError',
    'TimeoutError',
    'Sandbox.Timedout',
    'Runtime.ExitError',
  ])('takes %s for a server that could not be asked', async (name) => {
    throwing(name);
    await expect(functions.revoke(window)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', retryable: true });
  });

  it.each([
    { name: 'TooManyRequestsException' },
    { code: 'ECONNREFUSED' },
    { name: 'ServiceException', $metadata: { httpStatusCode: 500 } },
  ])('takes a failed call for the same: %j', async (facts) => {
    failing(facts);
    await expect(functions.revoke(window)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', retryable: true });
  });

  it('leaves a function that is not there, or may not be called, to a person', async () => {
    failing({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
    await expect(functions.revoke(window)).rejects.toMatchObject({ code: 'ROTATION_STEP', retryable: false });
  });

  it('tells of an error that nobody foresaw its name alone', async () => {
    throwing('TypeError');
    const error = await functions.revoke(window).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'ROTATION_STEP', message: expect.stringContaining('TypeError') });
    expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain('planted-secret');
  });
});
