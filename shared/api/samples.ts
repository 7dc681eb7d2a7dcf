import type { Health } from './health.ts';
import type { RunSummary } from './run-view.ts';

/** What examples of the API speak of. */
export const SAMPLE_RUN_ID = '01k9zq4m8txv2c6r3w5y7b9d1f';
export const SAMPLE_COMPONENT = 'copy-cities';
export const SAMPLE_KEY = 'new-search';
export const SAMPLE_PLAN = {
  text: 'slipway: 1\nname: cities\ntarget: production/cities\nphases:\n  - name: wait\n    components:\n      - { name: pause, kind: wait, for: 1s }\n',
  file: 'plan.yaml',
} as const;

const DIGEST = 'sha256:4f0c7a1e9b2d5836c1a07e94d35f8b6021c9e7d4a86b3f50912dce7845a1b3f6';
const AT = 1_767_225_600_000;

export const SAMPLE_RUN = {
  id: SAMPLE_RUN_ID,
  plan: { name: 'cities', digest: DIGEST },
  target: 'production/cities',
  environment: 'production',
  status: 'running',
  direction: 'forward',
  epoch: 1,
  actor: 'ann',
  createdAt: AT,
  updatedAt: AT + 4000,
} as const satisfies RunSummary;

export const SAMPLE_HEALTH = {
  status: 'ok',
  environment: 'production',
  checks: {
    store: { status: 'ok', vital: true },
    workflow: { status: 'ok', vital: true },
    scheduler: { status: 'ok', vital: false },
  },
  queue: { underWay: 3, waiting: 1, oldestSince: AT },
  halted: false,
} as const satisfies Health;

export const SAMPLE_EVENT = {
  type: 'runCreated',
  runId: SAMPLE_RUN_ID,
  item: 'RUN',
  rev: 1,
  epoch: 1,
  at: AT,
  actor: 'ann',
  data: { target: 'production/cities' },
  prev: '',
  hash: '9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab',
};
