import { describe, expect, it } from 'vitest';
import { viewBatch } from '../../../../shared/api/view-batch.ts';
import { NO_RECORDS } from '../../../../shared/batch/checksum.ts';
import { FIRST_PROGRESS } from '../../../../shared/batch/segment-progress.ts';
import type { WorkState } from '../../../../shared/run/work-state.ts';

const work = (over: object): WorkState => ({ epoch: 1, rev: 1, direction: 'forward', status: 'prepared', cursor: 0, ...over });
const event = (at: number) => ({ type: 'checkpointCreated', rev: 1, epoch: 1, at, actor: 'a', data: {}, prev: '', hash: 'h' });

const component = work({
  segments: 2,
  rev: 4,
  rollbackPoint: {
    source: { table: 'a', keys: ['id'] },
    target: { table: 'b', keys: ['id'] },
    before: NO_RECORDS,
    live: false,
    approximateRecords: 1000,
  },
});
const segment = (status: string, read: number, at: number) =>
  work({
    status,
    startedAt: 10_000,
    lastEvent: event(at),
    progress: {
      ...FIRST_PROGRESS,
      read,
      written: read,
      batchSize: 50,
      writes: { data: read, checkpoints: 3, events: 3 },
    },
  });

describe('viewBatch', () => {
  it('adds up the segments', () => {
    const { batch, writes } = viewBatch(component, [segment('worked', 200, 14_000), segment('working', 100, 13_000)], 14_000);
    expect(batch).toMatchObject({ segments: 2, segmentsDone: 1, records: { read: 300, written: 300 }, batchSize: 50 });
    expect(writes).toEqual({ data: 300, checkpoints: 10, events: 10 });
  });

  it('tells the pace up to the latest checkpoint, and what is left of it', () => {
    const segments = [segment('working', 200, 14_000), segment('working', 100, 13_000)];
    expect(viewBatch(component, segments, 16_000).batch).toMatchObject({ recordsPerSecond: 75, secondsLeft: 700 / 75 - 2 });
  });

  it('slows down where nothing is heard for long', () => {
    expect(viewBatch(component, [segment('working', 300, 14_000)], 40_000).batch).toMatchObject({ recordsPerSecond: 10 });
  });

  it.each([
    ['is done', [segment('worked', 1000, 14_000)], 20_000],
    ['has read more than was expected', [segment('working', 1200, 14_000)], 15_000],
    ['has not begun', [], 15_000],
  ])('promises no end where it %s', (_, segments, now) => {
    expect(viewBatch(component, segments, now).batch).not.toHaveProperty('secondsLeft');
  });
});
