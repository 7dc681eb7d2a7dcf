import middy from '@middy/core';
import type { Deps } from '../deps.ts';
import { noteKeys } from '../middleware/invocation.ts';
import { type LambdaHandler, SETTLED } from '../middleware/lambda-handler.ts';
import { redactedErrors } from '../middleware/machine-function.ts';
import { observed } from '../middleware/observed.ts';
import { parseInput } from '../middleware/parse-input.ts';
import { type RotationFunctionDeps, rotateSecret, rotationEvent } from './rotate-secret.ts';

/** The function of a rotated secret: Secrets Manager, `revoke-secret` and a schedule call it. */
export function rotationFunction(deps: RotationFunctionDeps & Pick<Deps, 'observer' | 'clock' | 'ids'>): LambdaHandler {
  const work = (event: Parameters<typeof rotateSecret>[0]) => {
    noteKeys({ secret_id: event.SecretId, step: event.Step });
    return rotateSecret(event, deps);
  };
  const handler = middy(work as LambdaHandler, SETTLED)
    .use(redactedErrors)
    .use(parseInput(rotationEvent));
  return observed(deps, handler as unknown as LambdaHandler);
}
