import type { RolloutView, StageVerdict } from '../../../shared/api/rollout-view.ts';
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

const check = (name: string, more: object) => ({
  name,
  outcome: 'pass' as const,
  value: 1,
  limit: 5,
  sample: { control: null, treatment: null },
  sentence: `${name} is well.`,
  ...more,
});

export const verdict = (given: Partial<StageVerdict> = {}): StageVerdict => ({
  stage: 2,
  percent: 50,
  at: AT,
  byHand: false,
  decision: 'hold',
  reasons: ['The smaller arm has 790 exposures; 1000 are needed.'],
  checks: [
    check('bake', { value: 3.1667, limit: 10, outcome: 'hold', sentence: 'The stage has been watched for 3.2 min of 10 min.' }),
    check('sample', {
      ...{ value: 790, limit: 1000, outcome: 'hold', sample: { control: 790, treatment: 812 } },
      sentence: 'The smaller arm has 790 exposures; 1000 are needed.',
    }),
    check('errors', { value: 0.4567, sample: { control: null, treatment: 4000 } }),
  ],
  ...given,
});

/** At 50 %, seen 190 s after the stage was entered where the run is 200 s old. */
export const rollout = (given: Partial<RolloutView> = {}): RolloutView => ({
  flag: 'new-search',
  from: 'off',
  to: 'on',
  stages: [1, 10, 50, 100].map((percent) => ({ percent, customers: 0, bake: 600_000, minSample: 1000 })),
  stage: 2,
  promoted: 2,
  enteredAt: AT + 10_000,
  held: [
    'The stage has been watched for 3.2 min of 10 min.',
    'The smaller arm has 790 exposures; 1000 are needed.',
    'index must be at 50 % first, and is at 10 %.',
  ],
  waitsForPerson: false,
  verdict: verdict(),
  ...given,
});

export const rolloutRun = (given: Partial<RolloutView> = {}, run: Partial<RunView> = {}): RunView =>
  runView({
    seconds: 200,
    components: [
      {
        ...{ name: 'search', kind: 'rollout', phase: 'roll', status: 'worked' },
        writes: { data: 0, checkpoints: 4, events: 4 },
        rollout: rollout(given),
      },
    ],
    ...run,
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
