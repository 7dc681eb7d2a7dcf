import { fileURLToPath } from 'node:url';
import { buildPackage } from './build-package.ts';

// What `npm run package` runs before it packs.
await buildPackage(fileURLToPath(new URL('../dist/package', import.meta.url)));
