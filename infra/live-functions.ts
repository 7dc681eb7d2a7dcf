import { type FunctionSpec, functions } from '../functions/catalog.ts';

/** The alias through which the API and events reach a function. */
export const LIVE = 'live';

/**
 * Whether the API or an event calls it. Such a function is called through the alias, whose traffic a release moves step by
 * step; what a state machine calls, it calls by version.
 */
export const isLive = (spec: FunctionSpec): boolean =>
  spec.route !== undefined || spec.schedule !== undefined || spec.onExecutionEnd === true || spec.onGuardrail === true;

/** Whether nobody but the API calls it: then its failures are the API's, whose one alarm tells of them all. */
export const isBehindApi = (spec: FunctionSpec): boolean =>
  spec.route !== undefined && spec.schedule === undefined && spec.onExecutionEnd !== true && spec.onGuardrail !== true;

export const liveFunctions: readonly FunctionSpec[] = functions.filter(isLive);
