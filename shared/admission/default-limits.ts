import type { Limits } from './limits.ts';

const NAMED = { environments: {}, roles: {}, people: {} } as const;

/** In force where an administrator has set no others. */
export const DEFAULT_LIMITS: Limits = {
  ...NAMED,
  atOnce: 10,
  perEnvironment: 10,
  perPerson: { atOnce: 1, perHour: 5, perDay: 20 },
};

/** The owner of the machine on which Slipway is embedded shares it with nobody. */
export const LOCAL_LIMITS: Limits = {
  ...NAMED,
  atOnce: 10,
  perEnvironment: 10,
  perPerson: { atOnce: null, perHour: null, perDay: null },
};

/** Nothing is limited. */
export const NO_LIMITS: Limits = { ...NAMED, atOnce: null, perEnvironment: null, perPerson: {} };
