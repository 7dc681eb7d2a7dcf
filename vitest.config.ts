import { defineConfig } from 'vitest/config';
import { longFirst } from './tests/long-first.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // For the processes that tests start: they need not compile everything again.
    setupFiles: ['tests/cached-children.ts'],
    env: { NODE_COMPILE_CACHE: new URL('node_modules/.cache/compiled', import.meta.url).pathname },
    // Many scenarios wait for clocks rather than for the processor.
    maxWorkers: 3,
    sequence: { sequencer: longFirst(/tests\/(simulation|scenarios|infra)\//) },
    reporters: ['default', 'json'],
    outputFile: { json: 'coverage/tests.json' },
    coverage: {
      provider: 'v8',
      include: ['shared/**', 'adapters/**', 'functions/**', 'local/**', 'cli/**', 'infra/**', 'openfeature/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80, 'shared/**': { lines: 90 } },
    },
  },
});
