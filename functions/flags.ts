import { FlagInvalidError } from '../shared/api/api-errors.ts';
import type { FlagView } from '../shared/api/flags.ts';
import { FlagNotFoundError } from '../shared/errors/run-errors.ts';
import { type KeptExperiment, loadExperiments, runs } from '../shared/experiments/experiment.ts';
import {
  EVALUATORS,
  type Evaluators,
  EXPERIMENTS,
  evaluators,
  type FlagDefinition,
  type FlagDocument,
  flagDefinition,
  MOST_FLAG_BYTES,
} from '../shared/flags/flag-document.ts';
import type { FlagSet } from '../shared/flags/flag-set.ts';
import { type FlagsRead, readFlags } from '../shared/flags/read-flags.ts';
import { toSimple } from '../shared/flags/simple-flag.ts';
import { effective, type FlagState } from '../shared/run/flag-state.ts';
import { listFlagPage } from '../shared/run/list-flag-page.ts';
import { listFlags, loadFlag } from '../shared/run/put-flag.ts';
import type { Deps } from './deps.ts';

export interface EnvironmentFlags {
  readonly document: FlagDocument;
  /** Grows with every change of any flag: flags are never removed. */
  readonly rev: number;
}

/** Of the flags on a page, bytes: with what they share it stays below what an answer may have. */
const PAGE_BYTES = 3 * 1024 * 1024;

/** A page of what `flagsOf` tells. */
export async function flagPageOf(
  deps: Deps,
  environment: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<EnvironmentFlags & { readonly cursor?: string }> {
  const listed = listFlagPage(deps.store, environment, { limit, cursor, bytes: PAGE_BYTES });
  const [page, shared] = await Promise.all([listed, sharedOf(deps, environment)]);
  const rev = cursor === undefined ? shared.rev : 0;
  return { ...told(deps, environment, page.flags, { ...shared, rev }), ...(page.cursor && { cursor: page.cursor }) };
}

/**
 * Every flag of an environment as evaluation sees it now. A flag whose shared rule was taken away in the moment in which it was
 * written is left out: it would keep all others from being read.
 */
export async function flagsOf(deps: Deps, environment: string): Promise<EnvironmentFlags> {
  const [listed, shared] = await Promise.all([listFlags(deps.store, environment), sharedOf(deps, environment)]);
  return told(deps, environment, listed, shared);
}

/** What the flags of an environment have in common. */
async function sharedOf(deps: Deps, environment: string) {
  const [rules, { experiments, rev }] = await Promise.all([
    loadFlag(deps.store, environment, EVALUATORS),
    loadExperiments(deps.store, environment),
  ]);
  return { rules: evaluatorsOf(rules), experiments, rev: (rules?.rev ?? 0) + rev };
}

type Shared = Awaited<ReturnType<typeof sharedOf>>;

function told(deps: Deps, environment: string, listed: readonly FlagState[], shared: Shared): EnvironmentFlags {
  const { rules, experiments } = shared;
  const flags = listed.filter(({ key }) => key !== EVALUATORS && key !== EXPERIMENTS);
  const usable = flags.filter((flag) => !refers(effective(flag)) || reads(deps, documentOf([flag], rules), environment).ok);
  const rev = flags.reduce((sum, flag) => sum + flag.rev, shared.rev);
  return { document: withExperiments(documentOf(usable, rules), experiments, deps.clock.now()), rev };
}

/** By the metadata of a flag whoever evaluates it knows that its subjects are to be recorded. */
function withExperiments(document: FlagDocument, experiments: readonly KeptExperiment[], now: number): FlagDocument {
  const running = new Map(experiments.filter((one) => runs(one, now)).map((one) => [one.flag, one.key]));
  if (running.size === 0) return document;
  const flags = Object.entries(document.flags).map(([key, flag]) => {
    const experiment = running.get(key);
    return [key, experiment === undefined ? flag : { ...flag, metadata: { ...flag.metadata, experiment } }] as const;
  });
  return { ...document, flags: Object.fromEntries(flags) };
}

/** Flags as evaluation sees them now. */
export const documentOf = (flags: readonly FlagState[], rules: Evaluators): FlagDocument => ({
  flags: Object.fromEntries(flags.map((flag) => [flag.key, flagDefinition.parse(effective(flag))])),
  ...(Object.keys(rules).length === 0 ? {} : { $evaluators: rules }),
});

/** The rules that the flags of an environment share. */
export const loadEvaluators = async (deps: Deps, environment: string): Promise<Evaluators> =>
  evaluatorsOf(await loadFlag(deps.store, environment, EVALUATORS));

export const evaluatorsOf = (stored: FlagState | undefined): Evaluators => evaluators.parse(stored?.document ?? {});

/** Whether a rule names one that is shared; only then do those have to be read for it. */
export const refers = (document: unknown): boolean => JSON.stringify(document).includes('"$ref"');

export const reads = (deps: Deps, document: unknown, environment: string): FlagsRead =>
  readFlags(document, { now: () => deps.clock.now(), environment });

/** The flags of a document, ready to be evaluated. Throws FlagInvalidError where one cannot be. */
export function compiled(deps: Deps, document: unknown, environment: string): FlagSet {
  const read = reads(deps, document, environment);
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

export function requireStorable(what: string, document: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes <= MOST_FLAG_BYTES) return;
  const message = `The ${what} has ${bytes} bytes; at most ${MOST_FLAG_BYTES} are kept. Name long lists by an attribute instead.`;
  throw new FlagInvalidError([{ code: 'TOO_LARGE', path: [], message }]);
}
