import { ACCESS_RULES } from './access-rules.ts';
import { COMPUTE_RULES } from './compute-rules.ts';
import type { Rules } from './rule.ts';
import { STORAGE_RULES } from './storage-rules.ts';
import { WATCHING_RULES } from './watching-rules.ts';

/** What every resource of the program keeps to, in every environment. */
export const RULES: Rules = { ...STORAGE_RULES, ...COMPUTE_RULES, ...WATCHING_RULES, ...ACCESS_RULES };
