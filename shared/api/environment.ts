import * as z from 'zod';

/** Where flags of another environment than the control plane's own are meant. */
export const environment = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be an environment')
  .optional();
