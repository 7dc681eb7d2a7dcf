import { defineConfig } from 'vitest/config';

/** Suites that need a peer; `npm test` plays none of them. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/peers/**/*.peer.ts'],
    testTimeout: 60_000,
    // A deployment takes minutes where others keep the processors busy.
    hookTimeout: 480_000,
    pool: 'forks',
    env: { NODE_COMPILE_CACHE: new URL('../../node_modules/.cache/compiled', import.meta.url).pathname },
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
