import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { progressLine, progressLines } from '../../../../cli/render/run-progress.ts';
import { batchView, RUN, runView, taskView } from '../sample-view.ts';

const plain = paintWith(false);

describe('progress', () => {
  it('shows records, rate, ETA, batch size, quarantine and writes of a batch', () => {
    expect(progressLines(runView(), plain, 100)).toEqual([
      `cities on staging/cities  running  12s  ${RUN}`,
      `  places  working  ${'█'.repeat(15)}${'░'.repeat(15)} 50%  60,000 records`,
      '          5,315 records/s, ETA 11s, batch size 2,832, 3 quarantined, 1/4 segments done',
      '  writes spent: 60,000 data, 19 checkpoints, 19 events',
    ]);
  });

  it('leaves out the bar where there is no room, or nothing to compare with', () => {
    expect(progressLines(runView(), plain, 40)[1]).toBe('  places  working  60,000 records');
    const unknown = runView({ components: [batchView({ approximateRecords: 0 })] });
    expect(progressLines(unknown, plain, 100)[1]).toBe('  places  working  60,000 records');
  });

  it('says when a batch is being verified', () => {
    const verifying = runView({ components: [batchView({ segmentsDone: 4, batchSize: 0 })] });
    expect(progressLines(verifying, plain, 40)[1]).toContain('verifying');
    expect(progressLines(verifying, plain, 40)[2]).toContain('verifying, batch size -');
  });

  it('shows the steps of a task, and components that have not begun', () => {
    const view = runView({ components: [taskView(), { ...taskView({ name: 'later', status: 'pending' }) }] });
    expect(progressLines(view, plain, 80).slice(1, 3)).toEqual(['  notices  working  step 2 of 3', '  later    pending']);
  });

  it('says what a run waits for: a lock, or a person', () => {
    const queued = runView({ status: 'queued', waitingFor: { resource: 'table:places', holder: 'r2', since: 0 } });
    expect(progressLines(queued, plain, 80)[1]).toBe('  waits for table:places, held by r2');
    expect(progressLine(queued)).toContain('waits for table:places, held by r2');
    const approval = { prompt: 'Send readers there?', expiresAt: 0, onExpiry: 'reject' as const };
    const asks = runView({ status: 'awaiting-approval', components: [taskView({ name: 'go', kind: 'approval', approval })] });
    expect(progressLines(asks, plain, 80).slice(-3)).toEqual([
      '  go asks: Send readers there?',
      `  slipway approve ${RUN} go`,
      `  slipway reject ${RUN} go -m REASON`,
    ]);
  });

  it('is one line for a log, whatever the texts in it hold', () => {
    const line = progressLine(runView({ status: 'awaiting-approval', next: 'first\nsecond\u001b[2J' }));
    expect(line).toBe(
      '12s awaiting-approval · places 60,000 records (50%), 5,315 records/s, ETA 11s, batch size 2,832, 3 quarantined, 1/4 segments done · writes 60,000 data, 19 checkpoints, 19 events; first second\\u001b[2J',
    );
  });
});
