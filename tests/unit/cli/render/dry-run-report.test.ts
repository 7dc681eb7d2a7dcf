import { describe, expect, it } from 'vitest';
import { dryRunReportLines } from '../../../../cli/render/dry-run-report.ts';
import { paintWith } from '../../../../cli/render/paint.ts';
import type { DryRunReport } from '../../../../shared/api/dry-run.ts';

const report: DryRunReport = {
  plan: { name: 'cities', digest: 'abc' },
  target: 'staging/cities',
  batches: [
    {
      component: 'places',
      read: 1200,
      produced: 1199,
      failed: 1,
      failures: [{ key: { id: 7 }, error: 'no\nname' }],
      tolerated: false,
      overwrites: 2,
      unchanged: 10,
      fields: [{ change: 'added', field: 'search', records: 1199, example: { key: { id: 1 }, after: 'a' } }],
      complete: false,
      estimate: {
        records: 135_233,
        seconds: 24.2,
        writes: { data: 135_233, checkpoints: 40, events: 40 },
        recordsPerSecond: 5588,
        assumed: true,
      },
    },
  ],
  rotations: [
    {
      ...{ component: 'key', secretId: 'orders/db', system: 'redis', overlap: 1_800_000 },
      refused: { code: 'ROTATION_BUSY', message: 'The old one is valid still.', next: 'Wait.' },
    },
  ],
  changes: true,
  irreversible: [{ component: 'mail', why: 'it has no undo' }],
  locked: [{ resource: 'table:places', holder: 'r2', since: 0 }],
};

describe('the report of a dry run', () => {
  it('tells what a run would do, fail at, take and not be able to take back', () => {
    const lines = dryRunReportLines(report, paintWith(false));
    expect(lines[0]).toBe('Dry run of cities on staging/cities: nothing was written.');
    expect(lines).toContain('places: 1,200 records read until the time was up, 1,199 produced, 1 failed');
    expect(lines).toContain('  added search in 1,199');
    expect(lines).toContain('  fails {"id":7}: no name');
    expect(lines).toContain('  a run would fail: more records fail than `tolerate` allows');
    expect(lines).toContain('  all 135,233 would take about 24s at 5,588 records/s (assumed)');
    expect(lines).toContain('key: a new credential of orders/db (redis); the old one stays valid for 30m');
    expect(lines).toContain('  refused now: The old one is valid still. Wait.');
    expect(lines).toContain('  mail: it has no undo');
    expect(lines.find((line) => line.includes('table:places'))).toContain('by run r2');
    expect(lines.at(-1)).toBe('A run would change something.');
  });
});
