import type { Count, Look, Strictness } from '../shared/experiments/rate-shift.ts';
import { guardrailSchema } from '../shared/guardrails/guardrail.ts';
import { judge } from '../shared/guardrails/judge.ts';
import { binomialDraw, seededRandom } from './seeded-random.ts';

/** Requests a second in each arm, and the share of them in trouble; `after` is the new path's from the change on. */
export interface Service {
  readonly rps: number;
  readonly before: number;
  readonly after: number;
  /** So many requests in trouble at once, of both arms; 1 where absent. */
  readonly burst?: number;
  /** A trouble of both arms, in seconds from the start. */
  readonly incident?: { readonly from: number; readonly to: number; readonly rate: number };
}

const PERIOD = 10;
const LOOKS = 60;
const STAGE = PERIOD * LOOKS;
/** Periods for which the old path has run before the rollout, and that are looked back at most: half an hour, an hour. */
const HISTORY = 180;
const MAX_HISTORY = 360;

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
 * seconds from the change to the rollback (negative: before the change; without a change, from the start), or null; and the
 * looks after a stage's bake that held it all the same.
 */
export function simulateRollout(
  service: Service,
  { seed, stages, strictness }: { seed: number; stages: number; strictness: Strictness },
): { readonly rolledBackAfter: number | null; readonly heldLooks: number } {
  const random = seededRandom(seed);
  const requests = service.rps * PERIOD;
  const changes = service.after !== service.before;
  const change = changes ? random() * STAGE : Number.POSITIVE_INFINITY;
  const draw = (trials: number, rate: number): number => {
    const burst = service.burst ?? 1;
    return Math.min(trials, burst * binomialDraw(random, trials, rate / burst));
  };
  let before: Count[] = Array.from({ length: HISTORY }, () => ({ events: draw(requests, service.before), total: requests }));
  let looks: Look[] = [];
  let startedAt = 0;
  let heldLooks = 0;
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
    if (decision === 'rollback') return { rolledBackAfter: time - (changes ? change : 0), heldLooks };
    if (decision === 'promote') nextStage(time);
    else if (looks.length >= LOOKS) heldLooks += 1;
  }
  return { rolledBackAfter: null, heldLooks };

  function lookAt(end: number): Look {
    const { incident } = service;
    const base = incident && end > incident.from && end <= incident.to ? incident.rate : service.before;
    const changed = Math.round((requests * Math.min(PERIOD, Math.max(0, end - change))) / PERIOD);
    const events = draw(requests - changed, base) + draw(changed, service.after);
    return {
      control: { events: draw(requests, base), total: requests },
      treatment: { events, total: requests },
    };
  }

  function nextStage(time: number): void {
    before = [...before, ...looks.map(({ control }) => control)].slice(-MAX_HISTORY);
    looks = [];
    startedAt = time;
  }
}
