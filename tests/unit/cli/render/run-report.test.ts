import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { runReport } from '../../../../cli/render/run-report.ts';
import { batchView, RUN, runView, succeeded, taskView } from '../sample-view.ts';

const plain = paintWith(false);

describe('the report of a run', () => {
  it('tells how it ended and what it did', () => {
    const lines = runReport(succeeded(), plain);
    expect(lines[0]).toBe(`Run ${RUN}  cities on staging/cities`);
    expect(lines[1]).toMatch(/^succeeded after 30s, started by kent at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(lines).toContain('  places  batch  prepared  60,000 read, 60,000 written, 3 quarantined');
    expect(lines).toContain('Writes:  60,000 data, 19 checkpoints, 19 events');
  });

  it('tells what failed, why, and the next command', () => {
    const failure = { code: 'USER_CODE_FAILED', message: 'no such team', step: 1 };
    const failed = runView({
      status: 'failed',
      resting: true,
      failed: ['notices'],
      notUndone: ['notices: step 0'],
      next: `slipway retry ${RUN}`,
      components: [taskView({ status: 'failed', failure })],
      locks: [{ resource: 'target:staging/cities', holder: RUN, since: 0, fence: 1 }],
    });
    const lines = runReport(failed, plain);
    expect(lines).toContain('Failed: notices');
    expect(lines).toContain('    USER_CODE_FAILED in step 1 no such team');
    expect(lines).toContain('Locks held: target:staging/cities');
    expect(lines).toContain('  notices: step 0');
    expect(lines.at(-1)).toBe(`Next:    slipway retry ${RUN}`);
  });

  it('shows checks and a readable part of the differences', () => {
    const differences = Array.from({ length: 7 }, (_, id) => ({
      key: { id },
      problem: 'different' as const,
      fields: { name: { expected: 'a', actual: 'b' } },
    }));
    const view = runView({
      components: [{ ...batchView(), verification: { compared: 100, mismatches: 7, differences } }],
      checks: [
        {
          name: 'same',
          type: 'data',
          value: 7,
          limit: 0,
          is: '=',
          sample: 100,
          outcome: 'fail',
          detail: '7 differ',
          scope: 'places',
          at: 0,
        },
      ],
    });
    const lines = runReport(view, plain);
    expect(lines).toContain('    different {"id":0}: name "a" -> "b"');
    expect(lines).toContain('    … and 2 more in --json');
    expect(lines).toContain('  fail  places/same: 7 = 0, sample 100; 7 differ');
  });

  it('tells what it has used, where that was asked for', () => {
    const used = { cpuSeconds: 1.234, peakMemoryMb: 91.6, sentBytes: 0, receivedBytes: 0, calls: 24, reads: 120, writes: 60.5 };
    const usage = { ...used, costUsd: 0.000123456, runId: RUN, status: 'succeeded' } as const;
    expect(runReport({ ...succeeded(), usage: { ...usage, cost: [], components: [] } }, plain)).toContain(
      `Used:    1.23s CPU, 92 MB at most, 24 calls, 120 reads, 61 writes; about 0.000123 USD by list prices (slipway usage ${RUN})`,
    );
    expect(runReport(succeeded(), plain).join('\n')).not.toContain('Used:');
  });

  it('tells what stays where only a component was taken back', () => {
    const view = runView({ status: 'rolled-back', rolledBack: ['places'], backTo: { component: 'places', keeps: ['notices'] } });
    const lines = runReport(view, plain);
    expect(lines.join('\n')).toContain('Taken back: places\nStays: notices');
  });

  it('says the same in colours', () => {
    const painted = runReport(succeeded(), paintWith(true));
    expect(painted.join('\n')).toContain('\u001b[32msucceeded');
    expect(painted.map(stripVTControlCharacters)).toEqual(runReport(succeeded(), plain));
  });
});
