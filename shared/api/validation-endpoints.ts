import * as z from 'zod';
import { name } from '../notation/names.ts';
import { type AskedValidation, askedValidation } from '../validation/asked-validation.ts';
import { endpoint, page, runId } from './endpoint.ts';
import { SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';

const validationId = z.string().regex(/^[0-9a-z]{26}$/, 'must be the id of a validation: 26 characters of 0-9 and a-z');

const SAMPLE: AskedValidation = {
  id: '01k9zq6b2nqf8h4t1s7w3x5z9c',
  runId: SAMPLE_RUN_ID,
  phase: 'copy',
  sampleSize: 100,
  outcome: 'fail',
  results: [
    {
      scope: 'phase:copy',
      name: 'same-cities',
      type: 'data',
      value: 0.02,
      limit: 0,
      is: '<=',
      sample: 100,
      outcome: 'fail',
      detail: '2 of 100 records differ; {"id":"7"} is missing',
    },
  ],
  actor: 'ann',
  at: SAMPLE_RUN.createdAt,
  endedAt: SAMPLE_RUN.createdAt + 420,
};
const { results: _, ...SUMMARY } = SAMPLE;

/** The API of validations that people ask for. */
export const validationEndpoints = {
  'start-validation': endpoint(
    'POST /v1/validations',
    z.strictObject({
      runId,
      /** Of the run's plan: its own checks, and those of its components of the kind `validate`. */
      phase: name,
      /** How many records or requests each check looks at, at most. */
      sampleSize: z.int().min(1).max(10_000).default(100),
    }),
    askedValidation,
    {
      role: 'operator',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'PHASE_NOT_FOUND', 'NO_CHECKS', 'PREPARATION_FAILED'],
      example: { input: { runId: SAMPLE_RUN_ID, phase: 'copy', sampleSize: 100 }, output: SAMPLE },
    },
  ),
  'list-validations': endpoint(
    'GET /v1/runs/{runId}/validations',
    z.strictObject({ runId, ...page }),
    z.object({ validations: z.array(askedValidation.omit({ results: true })), cursor: z.string().optional() }),
    {
      role: 'viewer',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'CURSOR_UNKNOWN'],
      example: { input: { runId: SAMPLE_RUN_ID, limit: 20 }, output: { validations: [SUMMARY] } },
    },
  ),
  'get-validation': endpoint(
    'GET /v1/runs/{runId}/validations/{validationId}',
    z.strictObject({ runId, validationId }),
    askedValidation,
    {
      role: 'viewer',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'VALIDATION_NOT_FOUND'],
      example: { input: { runId: SAMPLE_RUN_ID, validationId: SAMPLE.id }, output: SAMPLE },
    },
  ),
} as const;
