import { defineConfig } from 'vitest/config';

/** Suites that need a peer; `npm test` plays none of them. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/peers/**/*.peer.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    pool: 'forks',
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
