import { defineConfig } from 'vitest/config';
import { longFirst } from '../long-first.ts';

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
    // They wait more than they compute; each starts systems of its own, on free ports.
    maxWorkers: 2,
    sequence: { sequencer: longFirst(/\/(ministack|ssh|rotated-secret|no-gap)\.peer\.ts$/) },
    reporters: ['verbose'],
  },
});
