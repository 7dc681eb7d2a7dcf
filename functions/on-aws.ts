import type { Deps } from './deps.ts';
import type { LambdaHandler } from './middleware/lambda-handler.ts';

/**
 * The handler that Lambda calls. Importing a function loads no SDK and builds no client, so that the embedded control plane can give
 * it deps of its own; infra/bundle.ts puts on-lambda.ts in this file's place.
 */
export const onAws = (create: (deps: Deps) => LambdaHandler): LambdaHandler => {
  let handler: Promise<LambdaHandler> | undefined;
  return async (event, context) => {
    handler ??= import('./aws-deps.ts').then(({ awsDeps }) => create(awsDeps(process.env)));
    return (await handler)(event, context);
  };
};
