import * as z from 'zod';
import { DEFAULT_RULE } from '../secrets/make-value.ts';
import { endpoint } from './endpoint.ts';
import { environment } from './environment.ts';
import { SAMPLE_EVENT } from './samples.ts';
import {
  getSecretInput,
  putSecretInput,
  restoreSecretInput,
  rotateSecretInput,
  rotationView,
  type SecretDetail,
  secretCommand,
  secretDetail,
  secretHistory,
  secretHistoryInput,
  secretView,
} from './secrets.ts';

const { at } = SAMPLE_EVENT;
const OLD = '5f0c2d4e-6a71-4b53-9d0e-2f8b1c7a9e34';
const NEW = '9b1f0e7c4a2d8563f1b09c7e5d3a42816f7e0b9d';
const window = { version: NEW, old: OLD, status: 'open', since: at, revokeAt: at + 900_000 } as const;
const detail: SecretDetail = {
  id: 'orders/db',
  environment: 'production',
  system: 'postgresql',
  overlap: 900_000,
  rule: { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes] },
  enabled: true,
  every: 2_592_000_000,
  rev: 1,
  changed: { actor: 'ann', reason: 'once a month', at },
  window,
  nextAt: at + 2_592_000_000,
  overdue: false,
  versions: [
    { version: NEW, labels: ['AWSCURRENT'] },
    { version: OLD, labels: ['AWSPREVIOUS'] },
  ],
  rotation: { version: NEW, status: 'done' },
};
const { versions: _, rotation: __, ...view } = detail;
const which = { secretId: 'orders:db', environment: 'production' };
const told = { input: { ...which, reason: 'the server is being moved', ifRev: 1 } };
const STORE = ['SECRET_NOT_FOUND', 'SECRETS_UNAVAILABLE', 'SECRET_ACCESS'];
const CHANGE = [...STORE, 'SECRET_REVISION', 'SECRET_SETTINGS', 'ROTATION_BUSY'];

/** The API of secrets that are rotated. No answer holds a value. */
export const secretEndpoints = {
  'list-secrets': endpoint(
    'GET /v1/secrets',
    z.strictObject({ environment }),
    z.object({ environment: z.string(), rotated: z.array(secretView) }),
    {
      role: 'viewer',
      of: 'environment',
      refuses: [],
      example: { input: { environment: 'production' }, output: { environment: 'production', rotated: [view] } },
    },
  ),
  'get-secret': endpoint('GET /v1/secrets/{secretId}', getSecretInput, secretDetail, {
    role: 'viewer',
    of: 'environment',
    refuses: ['SECRET_NOT_FOUND', 'SECRET_ACCESS'],
    example: { input: which, output: detail },
  }),
  'put-secret': endpoint('PUT /v1/secrets/{secretId}', putSecretInput, secretDetail, {
    role: 'admin',
    of: 'environment',
    refuses: CHANGE,
    example: {
      input: { ...which, system: 'postgresql', every: 2_592_000_000, reason: 'once a month', ifRev: 0 },
      output: detail,
    },
  }),
  'enable-secret': endpoint('POST /v1/secrets/{secretId}/enable', secretCommand, secretDetail, {
    role: 'operator',
    of: 'environment',
    refuses: CHANGE,
    example: { ...told, output: { ...detail, rev: 2 } },
  }),
  'disable-secret': endpoint('POST /v1/secrets/{secretId}/disable', secretCommand, secretDetail, {
    role: 'operator',
    of: 'environment',
    refuses: CHANGE,
    example: { ...told, output: { ...detail, rev: 2, enabled: false } },
  }),
  'ask-rotation': endpoint('POST /v1/secrets/{secretId}/rotate', rotateSecretInput, rotationView, {
    role: 'operator',
    of: 'environment',
    refuses: [...STORE, 'ROTATION_BUSY', 'ROTATION_STEP', 'SECRET_STAGE_MOVED', 'SUPERSEDED'],
    example: {
      input: { ...which, revokeOld: true, reason: 'it was in a log' },
      output: { version: NEW, status: 'pending', step: 'createSecret' },
    },
  }),
  'restore-secret': endpoint('POST /v1/secrets/{secretId}/restore', restoreSecretInput, secretView, {
    role: 'operator',
    of: 'environment',
    refuses: [
      ...STORE,
      ...[
        'CREDENTIAL',
        'ROTATION_STEP',
        'SERVER_UNAVAILABLE',
        'SECRET_SHAPE',
        'SECRET_BINARY',
        'SECRET_STAGE_MOVED',
        'SUPERSEDED',
      ],
    ],
    example: {
      input: { ...which, version: NEW, reason: 'the old library does not take it' },
      output: { ...view, window: { version: OLD, old: NEW, status: 'open', since: at, revokeAt: at + 900_000 } },
    },
  }),
  'get-secret-history': endpoint('GET /v1/secrets/{secretId}/history', secretHistoryInput, secretHistory, {
    role: 'viewer',
    of: 'environment',
    refuses: ['SECRET_NOT_FOUND'],
    example: {
      input: { ...which, limit: 1 },
      output: {
        windows: [window],
        events: [{ ...SAMPLE_EVENT, type: 'rotationFinished', runId: '', item: 'SECRET#orders/db', actor: 'slipway' }],
        more: true,
      },
    },
  }),
} as const;
