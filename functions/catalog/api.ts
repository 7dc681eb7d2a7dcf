import type { FunctionSpec, Permissions } from './function-spec.ts';
import { UPDATE } from './grants.ts';

/** A function behind a route. */
export const api = (
  name: string,
  route: string,
  purpose: string,
  permissions: Permissions,
  machines: readonly string[] = [],
): FunctionSpec => ({
  name,
  route,
  purpose,
  memoryMb: 512,
  timeoutSeconds: 15,
  // Every refusal is kept.
  permissions: { ...permissions, denials: [UPDATE] },
  machines,
});
