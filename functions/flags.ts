import { FlagInvalidError } from '../shared/api/api-errors.ts';
import type { FlagView } from '../shared/api/flags.ts';
import { FlagNotFoundError } from '../shared/errors/run-errors.ts';
import { type FlagDefinition, type FlagDocument, flagDefinition } from '../shared/flags/flag-document.ts';
import type { FlagSet } from '../shared/flags/flag-set.ts';
import { readFlags } from '../shared/flags/read-flags.ts';
import { toSimple } from '../shared/flags/simple-flag.ts';
import { effective, type FlagState } from '../shared/run/flag-state.ts';
import { listFlags, loadFlag } from '../shared/run/put-flag.ts';
import type { Deps } from './deps.ts';

export interface EnvironmentFlags {
  readonly document: FlagDocument;
  /** Grows with every change of any flag: flags are never removed. */
  readonly rev: number;
}

/** Every flag of an environment as evaluation sees it now. */
export async function flagsOf(deps: Deps, environment: string): Promise<EnvironmentFlags> {
  const flags = await listFlags(deps.store, environment);
  return { document: documentOf(flags), rev: flags.reduce((sum, { rev }) => sum + rev, 0) };
}

/** Flags as evaluation sees them now. */
export const documentOf = (flags: readonly FlagState[]): FlagDocument => ({
  flags: Object.fromEntries(flags.map((flag) => [flag.key, flagDefinition.parse(effective(flag))])),
});

/** The flags of a document, ready to be evaluated. Throws FlagInvalidError where one cannot be. */
export function compiled(deps: Deps, document: unknown, environment: string): FlagSet {
  const read = readFlags(document, { now: () => deps.clock.now(), environment });
  if (read.ok) return read.flags;
  throw new FlagInvalidError(read.problems);
}

export async function requireFlag(deps: Deps, environment: string, key: string): Promise<FlagState> {
  const flag = await loadFlag(deps.store, environment, key);
  if (flag) return flag;
  const next = `slipway flags set ${key} --percent 0 --environment ${environment}`;
  throw new FlagNotFoundError(`There is no flag ${key} in ${environment}.`, { next });
}

export function viewOf(flag: FlagState): FlagView {
  const document = effective(flag);
  const simple = toSimple(flagDefinition.parse(document) as FlagDefinition);
  return {
    environment: flag.environment,
    key: flag.key,
    flag: document as FlagView['flag'],
    ...(simple === undefined ? {} : { simple: JSON.parse(JSON.stringify(simple)) }),
    rev: flag.rev,
    ...(flag.owner === undefined ? {} : { owner: flag.owner }),
    ...(flag.tripped === undefined ? {} : { tripped: flag.tripped }),
  };
}
