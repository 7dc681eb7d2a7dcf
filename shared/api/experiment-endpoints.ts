import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { environment } from './environment.ts';
import {
  behaviourInput,
  experimentResults,
  experimentVerdict,
  experimentView,
  getExperimentInput,
  putExperimentInput,
} from './experiments.ts';
import { SAMPLE_KEY } from './samples.ts';

const AT = 1_767_225_600_000;
const DAY = 86_400_000;
const measure = { name: 'orders', event: 'order', kind: 'conversion', better: 'higher', primary: true } as const;
const asked = { flag: SAMPLE_KEY, control: 'off', treatment: 'on', measures: [measure], funnel: ['search', 'order'] };
const defaults = { shares: { control: 50, treatment: 50 }, days: 28, withinDays: 7, sample: 1, minSample: 1000, alpha: 0.05 };
const of = { key: 'search-orders', environment: 'production' };
const times = { startedAt: AT, endsAt: AT + 28 * DAY };
const view = { ...of, ...asked, ...defaults, ...times, id: '01k9zq4m8txv2c6r3w5y7b9d1f', running: true };
const arm = { measure: 'orders', sample: 5000, reduction: 0 };

/** The API of experiments. */
export const experimentEndpoints = {
  'list-experiments': endpoint(
    'GET /v1/experiments',
    z.strictObject({ environment }),
    z.object({ environment: z.string(), experiments: z.array(experimentView) }),
    {
      role: 'viewer',
      of: 'environment',
      verbatim: true,
      refuses: [],
      example: { input: { environment: 'production' }, output: { environment: 'production', experiments: [view] } },
    },
  ),
  'put-experiment': endpoint('PUT /v1/experiments/{key}', putExperimentInput, experimentView, {
    role: 'operator',
    of: 'environment',
    verbatim: true,
    refuses: ['EXPERIMENT_NOT_FOUND', 'EXPERIMENT_RUNNING', 'FLAG_NOT_FOUND', 'FLAG_INVALID', 'FLAG_REVISION'],
    example: { input: { ...of, experiment: asked }, output: view },
  }),
  'get-experiment-results': endpoint('GET /v1/experiments/{key}/results', getExperimentInput, experimentResults, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: ['EXPERIMENT_NOT_FOUND', 'EXPERIMENT_TOO_LARGE'],
    example: {
      input: of,
      output: {
        ...{ key: of.key, flag: SAMPLE_KEY, state: 'running', ...times },
        subjects: { control: 5000, treatment: 5000, unexposed: 12, moved: 0, full: 1 },
        measures: [
          { ...arm, side: 'control', variation: 'off', events: 500, mean: 0.1, interval: { low: 0.085, high: 0.117 } },
          { ...arm, side: 'treatment', variation: 'on', events: 600, mean: 0.12, interval: { low: 0.103, high: 0.139 } },
        ],
        funnel: [],
        conversions: [],
      },
    },
  }),
  'get-experiment-verdict': endpoint('GET /v1/experiments/{key}/verdict', getExperimentInput, experimentVerdict, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: ['EXPERIMENT_NOT_FOUND', 'EXPERIMENT_TOO_LARGE'],
    example: {
      input: of,
      output: { key: of.key, decision: 'hold', reasons: ['The experiment has no traffic.'], checks: [] },
    },
  }),
  'put-behaviour': endpoint('POST /v1/behaviour', behaviourInput, z.object({ subjects: z.number() }), {
    role: 'operator',
    of: 'environment',
    refuses: [],
    example: {
      input: {
        environment: 'production',
        exposures: [{ flag: SAMPLE_KEY, key: 'customer-7', variation: 'on', at: AT }],
        events: [{ name: 'order', key: 'customer-7', at: AT + 60_000, value: 25 }],
      },
      output: { subjects: 1 },
    },
  }),
} as const;
