import type { Deps } from './deps.ts';
import type { LambdaHandler } from './middleware/lambda-handler.ts';

/**
 * The handler that Lambda calls, made while its sandbox starts. Elsewhere importing a function builds no client and loads no SDK, so
 * that the embedded control plane can give it deps of its own.
 */
export const onAws = (create: (deps: Deps) => LambdaHandler): LambdaHandler => {
  const load = () => import('./aws-deps.ts').then(({ awsDeps }) => create(awsDeps(process.env)));
  let handler = process.env['AWS_LAMBDA_FUNCTION_NAME'] === undefined ? undefined : load();
  // Its failure is that of the first event.
  handler?.catch(() => undefined);
  return async (event, context) => {
    handler ??= load();
    return (await handler)(event, context);
  };
};
