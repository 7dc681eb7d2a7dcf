import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Many scenarios wait for clocks rather than for the processor.
    maxWorkers: 3,
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
