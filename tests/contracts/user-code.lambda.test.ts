import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { LambdaUserCode } from '../../adapters/aws/lambda-user-code.ts';
import { taskHandler } from '../../adapters/aws/task-handler.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import type { TaskDefinition } from '../../shared/plan/define-task.ts';
import { userCodeContract } from './user-code-contract.ts';
import * as fixture from './user-code-fixture.ts';

/** As the Lambda runtime treats a handler: JSON in and out, and an end at the function's time-out. */
const invoke = async (task: TaskDefinition, payload: string): Promise<Partial<InvokeCommandOutput>> => {
  const request = JSON.parse(payload);
  const alive = request.method === 'describe' ? 3000 : Math.max(0, request.deadline - Date.now());
  const ended = new AbortController();
  const timeOut = systemClock.sleep(alive, ended.signal).then(() => ({
    FunctionError: 'Unhandled',
    Payload: bytes({ errorType: 'Sandbox.Timedout', errorMessage: `RequestId: 1 Error: Task timed out after ${alive} ms` }),
  }));
  timeOut.catch(() => {});
  const answered = taskHandler(task)(request, { getRemainingTimeInMillis: () => alive }).then((reply) => ({
    Payload: bytes(reply),
  }));
  return Promise.race([answered, timeOut]).finally(() => ended.abort());
};

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as InvokeCommandOutput['Payload'] & Uint8Array;

userCodeContract('lambda', async () => {
  const client = new LambdaClient({});
  const mock = mockClient(client);
  mock.on(InvokeCommand).callsFake(({ FunctionName, Payload }) => {
    const tasks = fixture as unknown as Record<string, TaskDefinition>;
    return invoke(tasks[String(FunctionName)] as TaskDefinition, String(Payload));
  });
  return {
    userCode: new LambdaUserCode({
      client,
      clock: systemClock,
      functionOf: (task) => (Object.hasOwn(fixture, task) ? task : undefined),
    }),
    ref: (exported) => exported,
    close: async () => mock.restore(),
  };
});
