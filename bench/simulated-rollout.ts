import type { Count, Look, Strictness } from '../shared/experiments/rate-shift.ts';
import { guardrailSchema } from '../shared/guardrails/guardrail.ts';
import { judge } from '../shared/guardrails/judge.ts';
import { binomialDraw, seededRandom } from './seeded-random.ts';

/** Requests a second in each arm, and the share of them in trouble; `after` is the new path's from the change on. */
export interface Service {
  readonly rps: number;
  readonly before: number;
  readonly after: number;
  /** A trouble of both arms, in seconds from the start. */
  readonly incident?: { readonly from: number; readonly to: number; readonly rate: number };
}

const PERIOD = 10;
const LOOKS = 60;
const STAGE = PERIOD * LOOKS;
/** The old path has run for half an hour before the rollout. */
const HISTORY = 1800;

const GUARDRAIL = guardrailSchema.parse({
  name: 'error-rate',
  type: 'rate',
  events: 'errors',
  of: 'requests',
  limit: 100,
  period: '10s',
  compare: {},
});

/**
 * One rollout through the real judge: a verdict after every period, promoted, held or taken back as it says. Answers the
 * seconds from the change to the rollback (negative: before the change; without a change, from the start), or null.
 */
export function simulateRollout(
  service: Service,
  { seed, stages, strictness }: { seed: number; stages: number; strictness: Strictness },
): { readonly rolledBackAfter: number | null } {
  const random = seededRandom(seed);
  const requests = service.rps * PERIOD;
  const changes = service.after !== service.before;
  const change = changes ? random() * STAGE : Number.POSITIVE_INFINITY;
  let before: Count = { events: binomialDraw(random, service.rps * HISTORY, service.before), total: service.rps * HISTORY };
  let looks: Look[] = [];
  let startedAt = 0;
  for (let time = PERIOD; time <= stages * STAGE; time += PERIOD) {
    looks.push(lookAt(time));
    const total = looks.length * requests;
    const { decision } = judge(
      {
        now: time * 1000,
        percent: 50,
        rolloutStartedAt: 0,
        startedAt: startedAt * 1000,
        bake: STAGE * 1000,
        minSample: 1000,
        exposures: { control: total, treatment: total },
        split: 'percentage',
        guardrails: [
          {
            guardrail: GUARDRAIL,
            alarm: { state: 'OK', reason: 'within its limit.', value: 0, sample: total, refused: [] },
            reportedAt: time * 1000,
            recent: null,
            comparison: { looks, before },
          },
        ],
      },
      strictness,
    );
    if (decision === 'rollback') return { rolledBackAfter: time - (changes ? change : 0) };
    if (decision === 'promote') nextStage(time);
  }
  return { rolledBackAfter: null };

  function lookAt(end: number): Look {
    const { incident } = service;
    const base = incident && end > incident.from && end <= incident.to ? incident.rate : service.before;
    const changed = Math.round((requests * Math.min(PERIOD, Math.max(0, end - change))) / PERIOD);
    const events = binomialDraw(random, requests - changed, base) + binomialDraw(random, changed, service.after);
    return {
      control: { events: binomialDraw(random, requests, base), total: requests },
      treatment: { events, total: requests },
    };
  }

  function nextStage(time: number): void {
    const control = looks.reduce((sum, { control: { events } }) => sum + events, before.events);
    before = { events: control, total: before.total + looks.length * requests };
    looks = [];
    startedAt = time;
  }
}
