import type { FunctionSpec, Permissions } from './function-spec.ts';

/** A function that no person calls. */
export const step = (
  name: string,
  purpose: string,
  permissions: Permissions,
  timeoutSeconds = 30,
  machines: readonly string[] = [],
): FunctionSpec => ({ name, purpose, memoryMb: 1024, timeoutSeconds, permissions, machines });
