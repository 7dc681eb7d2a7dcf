import * as z from 'zod';
import { flagKey } from '../flags/flag-document.ts';
import { flagFeed } from '../flags/flag-feed.ts';
import { endpoint, page } from './endpoint.ts';
import { environment } from './environment.ts';
import {
  bulkEvaluation,
  evaluation,
  evaluationInput,
  evaluationRefusal,
  evaluatorsView,
  flagHistory,
  flagView,
  getFlagInput,
  historyInput,
  putEvaluatorsInput,
  putFlagInput,
} from './flags.ts';
import { SAMPLE_EVENT, SAMPLE_KEY } from './samples.ts';

const flag: Record<string, z.core.util.JSONType> = {
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting: { fractional: [{ var: 'targetingKey' }, ['on', 10], ['off', 90]] },
};
const view = { environment: 'production', key: SAMPLE_KEY, flag, rev: 3 };
const evaluators = { staff: { ends_with: [{ var: 'email' }, '@example.org'] } };
const shared = { environment: 'production', evaluators, rev: 2 };
const evaluated = { key: SAMPLE_KEY, reason: 'TARGETING_MATCH', variant: 'on', value: true };
const context = { targetingKey: 'customer-7', country: 'DE' };

/** Whoever evaluates flags wants all of them. */
const flagsPage = { environment, ...page, limit: page.limit.unwrap().default(1000) };

/** The API of flags, and OFREP. */
export const flagEndpoints = {
  'list-flags': endpoint('GET /v1/flags', z.strictObject(flagsPage), flagFeed, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: ['ANSWER_TOO_LARGE', 'CURSOR_UNKNOWN'],
    example: {
      input: { environment: 'production' },
      output: { environment: 'production', flags: { flags: { [SAMPLE_KEY]: flag } }, rev: 3 },
    },
  }),
  'get-flag': endpoint('GET /v1/flags/{key}', getFlagInput, flagView, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: ['FLAG_NOT_FOUND'],
    example: { input: { key: SAMPLE_KEY, environment: 'production' }, output: view },
  }),
  'put-flag': endpoint('PUT /v1/flags/{key}', putFlagInput, flagView, {
    role: 'operator',
    of: 'environment',
    verbatim: true,
    refuses: ['FLAG_OWNED', 'FLAG_REVISION', 'FLAG_INVALID', 'ROLLBACK_WINDOW'],
    example: {
      input: {
        key: SAMPLE_KEY,
        environment: 'production',
        simple: { rolloutPercentage: 10 },
        reason: 'try it on a few',
        ifRev: 2,
      },
      output: view,
    },
  }),
  'get-flag-history': endpoint('GET /v1/flags/{key}/history', historyInput, flagHistory, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: ['FLAG_NOT_FOUND'],
    example: { input: { key: SAMPLE_KEY, environment: 'production' }, output: { events: [SAMPLE_EVENT] } },
  }),
  'get-evaluators': endpoint('GET /v1/evaluators', z.strictObject({ environment }), evaluatorsView, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: [],
    example: { input: { environment: 'production' }, output: shared },
  }),
  'put-evaluators': endpoint('PUT /v1/evaluators', putEvaluatorsInput, evaluatorsView, {
    role: 'operator',
    of: 'environment',
    verbatim: true,
    refuses: ['FLAG_REVISION', 'FLAG_INVALID'],
    example: { input: { environment: 'production', evaluators, reason: 'staff first', ifRev: 1 }, output: shared },
  }),
  'evaluate-flag': endpoint('POST /ofrep/v1/evaluate/flags/{key}', z.object({ key: flagKey, ...evaluationInput }), evaluation, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: [],
    example: { input: { key: SAMPLE_KEY, context }, output: evaluated },
    statusOf: (found) => ('errorCode' in found ? (found.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400) : 200),
    statuses: [200, 400, 404],
    refusal: evaluationRefusal,
  }),
  'evaluate-flags': endpoint('POST /ofrep/v1/evaluate/flags', z.object(evaluationInput), bulkEvaluation, {
    role: 'viewer',
    of: 'environment',
    verbatim: true,
    refuses: ['ANSWER_TOO_LARGE'],
    example: { input: { context }, output: { flags: [evaluated] } },
    reads: true,
    refusal: evaluationRefusal,
  }),
} as const;
