import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { lambdaTransform } from '../../adapters/aws/lambda-transform.ts';
import { taskHandler } from '../../adapters/aws/task-handler.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import type { Transform } from '../../shared/plan/define-task.ts';
import { transformContract } from './transform-contract.ts';
import * as fixture from './transform-fixture.ts';

const transforms = new Map<string, unknown>(Object.entries(fixture));

transformContract('lambda', async () => {
  const client = new LambdaClient({});
  mockClient(client)
    .on(InvokeCommand)
    .callsFake(async ({ FunctionName, Payload }): Promise<Partial<InvokeCommandOutput>> => {
      const handler = taskHandler(transforms.get(FunctionName) as Transform);
      // JSON in and out, as the Lambda runtime treats a handler.
      const reply = await handler(JSON.parse(Payload), { getRemainingTimeInMillis: () => 3000 });
      return { Payload: new TextEncoder().encode(JSON.stringify(reply)) as InvokeCommandOutput['Payload'] & Uint8Array };
    });
  return async (exported) =>
    lambdaTransform({ client, clock: systemClock, functionOf: (task) => task }, exported, systemClock.now() + 20_000);
});
