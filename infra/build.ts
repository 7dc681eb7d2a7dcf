import { bundleFunctions } from './bundle.ts';

// What `npm run bundle` runs: for programs that use a ControlPlane and build nothing themselves.
await bundleFunctions();
