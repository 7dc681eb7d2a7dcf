import { FlagInvalidError } from '../../shared/api/api-errors.ts';
import { experimentEndpoints } from '../../shared/api/experiment-endpoints.ts';
import { ExperimentRunningError } from '../../shared/errors/experiment-errors.ts';
import { FlagRevisionError } from '../../shared/errors/run-errors.ts';
import { type Experiment, type KeptExperiment, loadExperiments, runs } from '../../shared/experiments/experiment.ts';
import { EXPERIMENTS } from '../../shared/flags/flag-document.ts';
import { effective, type FlagDocument } from '../../shared/run/flag-state.ts';
import { putFlag } from '../../shared/run/put-flag.ts';
import type { Deps } from '../deps.ts';
import { experimentViewOf, requireExperiment } from '../experiments.ts';
import { requireFlag, requireStorable } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'put-experiment'> = async ({ key, environment: named, reason, experiment }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  const { experiments, rev } = await loadExperiments(deps.store, environment);
  const one = experiment ? await started(deps, environment, key, experiment, experiments) : await stopped(deps, environment, key);
  const all = Object.fromEntries([...experiments, one].map((kept) => [kept.key, kept]));
  const document = JSON.parse(JSON.stringify(all)) as FlagDocument;
  requireStorable('set of experiments', document);
  await putFlag(deps, { environment, key: EXPERIMENTS, document, actor, reason, ifRev: rev }).catch((error) => {
    if (!(error instanceof FlagRevisionError)) throw error;
    const next = 'slipway experiments list, then repeat the change.';
    throw new FlagRevisionError(`The experiments of ${environment} were changed meanwhile.`, { next });
  });
  return experimentViewOf(one, environment, deps.clock.now());
};

async function started(
  deps: Deps,
  environment: string,
  key: string,
  experiment: Experiment,
  experiments: readonly KeptExperiment[],
): Promise<KeptExperiment> {
  const now = deps.clock.now();
  const rival = experiments.find((one) => runs(one, now) && (one.key === key || one.flag === experiment.flag));
  if (rival) {
    const fact = `The experiment ${rival.key} runs on the flag ${rival.flag}.`;
    throw new ExperimentRunningError(fact, { next: `slipway experiments stop ${rival.key}, then start anew.` });
  }
  const { variants } = effective(await requireFlag(deps, environment, experiment.flag));
  const unknown = [experiment.control, experiment.treatment].find((name) => !Object.hasOwn(variants as object, name));
  if (unknown !== undefined) {
    const message = `The flag ${experiment.flag} has no variant ${unknown}`;
    throw new FlagInvalidError([{ code: 'UNKNOWN_VARIANT', path: [], message }]);
  }
  return { ...experiment, key, id: deps.ids.next(), startedAt: now };
}

async function stopped(deps: Deps, environment: string, key: string): Promise<KeptExperiment> {
  const one = await requireExperiment(deps, environment, key);
  const now = deps.clock.now();
  return runs(one, now) ? { ...one, stoppedAt: now } : one;
}

export const create = apiFunction(experimentEndpoints['put-experiment'], core);
export const handler = onAws(create);
