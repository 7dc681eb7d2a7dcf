import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes begins first: at the end, two of three workers would wait for it. */
const LONG = /tests\/(simulation|scenarios|infra)\//;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter((file) => LONG.test(file.moduleId)), ...sorted.filter((file) => !LONG.test(file.moduleId))];
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // For the processes that tests start: they need not compile everything again.
    env: { NODE_COMPILE_CACHE: new URL('node_modules/.cache/compiled', import.meta.url).pathname },
    // Many scenarios wait for clocks rather than for the processor.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
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
