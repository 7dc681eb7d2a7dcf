import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { usageLines } from '../../../../cli/render/usage-report.ts';
import { RUN } from '../sample-view.ts';

const usage = { cpuSeconds: 1.234, peakMemoryMb: 99.6, sentBytes: 12_345, receivedBytes: 6_789_000 };
const counts = { calls: 7, reads: 1031.5, writes: 24, costUsd: 0.000812 };

describe('the usage of a run', () => {
  it('is a table with a row for all and one for each component, and the parts of the price', () => {
    const lines = usageLines(
      {
        runId: RUN,
        status: 'succeeded',
        ...usage,
        ...counts,
        cost: [{ unit: 'transition', amount: 27, usd: 0.000675 }],
        components: [{ name: 'copy-cities', ...usage, ...counts, calls: 3 }],
      },
      paintWith(false),
    );
    expect(lines).toEqual([
      `Run ${RUN}, succeeded`,
      '',
      '               CPU  memory   sent  received  calls  reads  writes       USD',
      'all          1.23s  100 MB  12 kB    6.8 MB      7  1,032      24  0.000812',
      'copy-cities  1.23s  100 MB  12 kB    6.8 MB      3  1,032      24  0.000812',
      '',
      'Estimate by list prices of us-east-1',
      '  transition  27  0.000675000',
    ]);
  });
});
