import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { lambdaTransform } from '../../../../adapters/aws/lambda-transform.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { PreparationError, UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError, UserFunctionError } from '../../../../shared/errors/user-code-errors.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';
import type { TransformRequest } from '../../../../shared/task/task-message.ts';

const client = new LambdaClient({ region: 'eu-central-1' });
const mock = mockClient(client);
const clock = new VirtualClock(1_000);
const options = { client, clock, functionOf: (task: string) => (task === 'reshape' ? 'slipway-task-reshape' : undefined) };
const transform = lambdaTransform(options, 'reshape', 31_000);

const payload = (body: unknown) => ({ Payload: new TextEncoder().encode(JSON.stringify(body)) as never });
const failure = (errorType: string, errorMessage = '') => ({
  FunctionError: 'Unhandled',
  ...payload({ errorType, errorMessage }),
});
/** What each invocation was sent. */
const sent = (): TransformRequest[] =>
  mock.commandCalls(InvokeCommand).map(({ args }) => JSON.parse(String(args[0].input.Payload)));
const answerWith = (answer: (request: TransformRequest) => object) =>
  mock.on(InvokeCommand).callsFake(({ Payload }) => answer(JSON.parse(Payload) as TransformRequest));
const echo = (records: readonly DataRecord[]) => payload({ transformed: records.map((record) => ({ made: [record] })) });
const made = (records: readonly DataRecord[]) => records.map((record) => ({ made: [record] }));
const people = (count: number): DataRecord[] => Array.from({ length: count }, (_, id) => ({ id }));
const refusal = (): Promise<unknown> => transform(people(2)).catch((error: unknown) => error);

beforeEach(() => mock.reset());

describe('lambdaTransform', () => {
  it('sends many records at once with its deadline, and waits until that at most', async () => {
    answerWith(({ records }) => echo(records));
    expect(await transform(people(3))).toEqual(made(people(3)));
    expect(sent()).toEqual([{ method: 'transform', deadline: 31_000, records: people(3) }]);
    const [call] = mock.commandCalls(InvokeCommand);
    expect((call?.args as unknown[] | undefined)?.[1]).toEqual({ requestTimeout: 30_000 });
    expect(call?.args[0].input.FunctionName).toBe('slipway-task-reshape');
  });

  it('stays under the size of a request, counted in bytes', async () => {
    answerWith(({ records }) => echo(records));
    const large = Array.from({ length: 30 }, (_, id) => ({ id, text: 'ü'.repeat(190_000) }));
    expect(await transform(large)).toEqual(made(large));
    const sizes = mock.commandCalls(InvokeCommand).map(({ args }) => Buffer.byteLength(String(args[0].input.Payload)));
    expect(sizes.length).toBe(3);
    expect(Math.max(...sizes)).toBeLessThan(4_100_000);
  });

  it('sends fewer where the answer is too large, and lets a record fail alone that answers too much by itself', async () => {
    answerWith(({ records }) =>
      records.length > 10 || records.some(({ id }) => id === 7)
        ? failure('Function.ResponseSizeTooLarge', 'too large')
        : echo(records),
    );
    const answers = await transform(people(40));
    expect(answers).toHaveLength(40);
    expect(answers.flatMap((answer, id) => ('error' in answer ? [[id, answer.error]] : []))).toEqual([
      [7, 'reshape transform failed: Function.ResponseSizeTooLarge: too large'],
    ]);
  });

  it('sends the rest again where the function stopped in time', async () => {
    answerWith(({ records }) => echo(records.slice(0, 4)));
    expect(await transform(people(10))).toEqual(made(people(10)));
    expect(sent().map(({ records }) => records.length)).toEqual([10, 6, 2]);
  });

  it('answers each record once and in order, however the function divides them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.array(fc.nat(12), { minLength: 1 }), async (count, takes) => {
        let call = 0;
        answerWith(({ records }) => {
          const take = takes[call++ % takes.length] ?? 1;
          return take === 0 && records.length > 1
            ? failure('Function.ResponseSizeTooLarge')
            : echo(records.slice(0, Math.max(1, take)));
        });
        expect(await transform(people(count))).toEqual(made(people(count)));
      }),
    );
  });

  it('tells what could not be asked from what failed', async () => {
    answerWith(() => failure('Sandbox.Timedout', 'Task timed out after 3.00 seconds'));
    expect(await refusal()).toBeInstanceOf(UserCodeTimeoutError);
    answerWith(() => failure('TypeError', 'x is not a function'));
    expect(await refusal()).toBeInstanceOf(UserFunctionError);
    answerWith(() => payload({ notStarted: 'its deadline had passed when it arrived' }));
    expect(await refusal()).toBeInstanceOf(UserCodeNotStartedError);
    answerWith(() => payload({ missing: 'transform' }));
    expect(await refusal()).toMatchObject({ code: 'PREPARATION_FAILED', message: 'reshape is no transform' });
    mock.on(InvokeCommand).rejects(Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' }));
    expect(await refusal()).toMatchObject({ retryable: true });
  });

  it('refuses answers that do not fit what was asked', async () => {
    for (const body of ['hello', {}, { transformed: [] }, { transformed: [1] }, { transformed: made(people(3)) }]) {
      answerWith(() => payload(body));
      expect(await refusal()).toBeInstanceOf(PreparationError);
    }
    expect(() => lambdaTransform(options, './file.ts#reshape', 31_000)).toThrow('No Task is called ./file.ts#reshape');
  });

  it('sends nothing after the deadline', async () => {
    await expect(lambdaTransform(options, 'reshape', 1_000)(people(1))).rejects.toBeInstanceOf(UserCodeNotStartedError);
    expect(mock.commandCalls(InvokeCommand)).toHaveLength(0);
  });
});
