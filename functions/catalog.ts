import type { FunctionSpec } from './catalog/function-spec.ts';
import { runFunctions } from './catalog/run-functions.ts';
import { serviceFunctions } from './catalog/service-functions.ts';
import { workFunctions } from './catalog/work-functions.ts';

/** Every Lambda of Slipway: infra/ deploys this list and local/ runs it. */
export const functions: readonly FunctionSpec[] = [...runFunctions, ...serviceFunctions, ...workFunctions];
