import type { FunctionSpec } from '../functions/catalog/function-spec.ts';
import { functions } from '../functions/catalog.ts';

/** The alias through which the API and events reach a function. */
export const LIVE = 'live';

/** Whether a schedule or an event calls it, and nobody waits for its answer. */
export const isAsynchronous = (spec: FunctionSpec): boolean =>
  spec.schedule !== undefined ||
  spec.onSchedules === true ||
  spec.onExecutionEnd === true ||
  spec.onGuardrail === true ||
  spec.onEvents !== undefined;

/**
 * Whether the API or an event calls it. Such a function is called through the alias, whose traffic a release moves step by
 * step; what a state machine calls, it calls by version.
 */
export const isLive = (spec: FunctionSpec): boolean => spec.route !== undefined || isAsynchronous(spec);

/** Whether nobody but the API calls it: then its failures are the API's, whose one alarm tells of them all. */
export const isBehindApi = (spec: FunctionSpec): boolean => spec.route !== undefined && !isAsynchronous(spec);

export const liveFunctions: readonly FunctionSpec[] = functions.filter(isLive);
