import { bundleFunctions } from './bundle.ts';
import { program } from './program.ts';

/** What `pulumi up` and `pulumi preview` run. */
export default async () => {
  await bundleFunctions();
  return program();
};
