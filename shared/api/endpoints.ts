import type * as z from 'zod';
import { alertEndpoints } from './alert-endpoints.ts';
import { auditEndpoints } from './audit-endpoints.ts';
import { dashboardEndpoints } from './dashboard-endpoints.ts';
import { experimentEndpoints } from './experiment-endpoints.ts';
import { flagEndpoints } from './flag-endpoints.ts';
import { limitsEndpoints } from './limits-endpoints.ts';
import { lockEndpoints } from './lock-endpoints.ts';
import { planEndpoints } from './plan-endpoints.ts';
import { planeEndpoints } from './plane-endpoints.ts';
import { quarantineEndpoints } from './quarantine-endpoints.ts';
import { rolloutEndpoints } from './rollout-endpoints.ts';
import { runEndpoints } from './run-endpoints.ts';
import { scheduleEndpoints } from './schedule-endpoints.ts';
import { secretEndpoints } from './secret-endpoints.ts';
import { storedPlanEndpoints } from './stored-plan-endpoints.ts';
import { validationEndpoints } from './validation-endpoints.ts';
import { viewEndpoints } from './view-endpoints.ts';
import { webhookEndpoints } from './webhook-endpoints.ts';

/**
 * The API by the name of the function that answers it, as in functions/catalog. A function itself imports those of its own kind: built
 * schemas cost memory and time at each cold start.
 */
export const endpoints = {
  ...planEndpoints,
  ...storedPlanEndpoints,
  ...runEndpoints,
  ...viewEndpoints,
  ...validationEndpoints,
  ...dashboardEndpoints,
  ...quarantineEndpoints,
  ...rolloutEndpoints,
  ...lockEndpoints,
  ...auditEndpoints,
  ...flagEndpoints,
  ...limitsEndpoints,
  ...scheduleEndpoints,
  ...experimentEndpoints,
  ...planeEndpoints,
  ...alertEndpoints,
  ...webhookEndpoints,
  ...secretEndpoints,
} as const;

export type EndpointName = keyof typeof endpoints;
/** What a caller gives: defaults may be left out. */
export type EndpointInput<Name extends EndpointName> = z.input<(typeof endpoints)[Name]['input']>;
/** What the function receives, and what a caller gets. */
export type EndpointRequest<Name extends EndpointName> = z.output<(typeof endpoints)[Name]['input']>;
export type EndpointOutput<Name extends EndpointName> = z.output<(typeof endpoints)[Name]['output']>;
