import * as z from 'zod';
import { flagKey } from '../flags/flag-document.ts';
import { flagFeed } from '../flags/flag-feed.ts';
import { endpoint } from './endpoint.ts';
import { environment } from './environment.ts';
import { bulkEvaluation, evaluation, evaluationInput, flagHistory, flagView, getFlagInput, putFlagInput } from './flags.ts';

/** The API of flags, and OFREP. */
export const flagEndpoints = {
  'list-flags': endpoint('GET /v1/flags', z.strictObject({ environment }), flagFeed),
  'get-flag': endpoint('GET /v1/flags/{key}', getFlagInput, flagView),
  'put-flag': endpoint('PUT /v1/flags/{key}', putFlagInput, flagView),
  'get-flag-history': endpoint('GET /v1/flags/{key}/history', getFlagInput, flagHistory),
  'evaluate-flag': endpoint('POST /ofrep/v1/evaluate/flags/{key}', z.object({ key: flagKey, ...evaluationInput }), evaluation, {
    statusOf: (found) => ('errorCode' in found ? (found.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400) : 200),
  }),
  'evaluate-flags': endpoint('POST /ofrep/v1/evaluate/flags', z.object(evaluationInput), bulkEvaluation, { reads: true }),
} as const;
