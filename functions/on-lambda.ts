import { awsDeps } from './aws-deps.ts';
import type { Deps } from './deps.ts';
import type { LambdaHandler } from './middleware/lambda-handler.ts';

/**
 * on-aws.ts inside a bundle: clients are built while the sandbox starts, where it has the whole processor. As an import that is
 * put off, all that the clients are made of would be read twice, which takes a third longer.
 */
export const onAws = (create: (deps: Deps) => LambdaHandler): LambdaHandler => create(awsDeps(process.env));
