import type { ComponentView, RunSummary, RunView } from '../../../shared/api/run-view.ts';

export const RUN = '01m80en4xq2dd33922es1ra6p2';
const AT = Date.UTC(2026, 0, 1);

export const summary = (given: Partial<RunSummary> = {}): RunSummary => ({
  id: RUN,
  plan: { name: 'cities', digest: 'abc' },
  target: 'staging/cities',
  environment: 'staging',
  status: 'running',
  direction: 'forward',
  epoch: 1,
  actor: 'kent',
  createdAt: AT,
  updatedAt: AT,
  ...given,
});

export const batchView = (given: Partial<NonNullable<ComponentView['batch']>> = {}): ComponentView => ({
  name: 'places',
  kind: 'batch',
  phase: 'migrate',
  status: 'prepared',
  writes: { data: 60_000, checkpoints: 19, events: 19 },
  batch: {
    segments: 4,
    segmentsDone: 1,
    records: { read: 60_000, written: 60_000, quarantined: 3, kept: 0 },
    approximateRecords: 120_000,
    recordsPerSecond: 5315,
    secondsLeft: 11.3,
    batchSize: 2832,
    ...given,
  },
});

export const taskView = (given: Partial<ComponentView> = {}): ComponentView => ({
  name: 'notices',
  kind: 'task',
  phase: 'publish',
  status: 'working',
  steps: { done: 2, total: 3 },
  writes: { data: 0, checkpoints: 4, events: 4 },
  ...given,
});

export const runView = (given: Partial<RunView> = {}): RunView => ({
  ...summary(given),
  onFailure: 'rollback',
  components: [batchView()],
  checks: [],
  locks: [],
  totals: {
    records: { read: 60_000, written: 60_000, quarantined: 3, kept: 0 },
    verification: { compared: 0, mismatches: 0 },
    writes: { data: 60_000, checkpoints: 19, events: 19 },
  },
  seconds: 12.4,
  resting: false,
  ...given,
});

export const succeeded = (given: Partial<RunView> = {}): RunView =>
  runView({
    status: 'succeeded',
    resting: true,
    endedAt: AT + 30_000,
    seconds: 30,
    reason: 'Every component completed',
    ...given,
  });
