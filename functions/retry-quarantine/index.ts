import type { QuarantineRetried } from '../../shared/api/quarantine.ts';
import { quarantineEndpoints } from '../../shared/api/quarantine-endpoints.ts';
import type { Failure } from '../../shared/batch/apply-transform.ts';
import { retryQuarantine } from '../../shared/batch/retry-quarantine.ts';
import { RunStateError } from '../../shared/errors/run-errors.ts';
import { haltKey } from '../../shared/run/keys.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { ACTIVE, type RunState } from '../../shared/run/run-state.ts';
import { withLocks } from '../../shared/run/with-locks.ts';
import { runContext } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { batchJob } from '../kinds/batch.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { batchesOf } from '../quarantine.ts';

const core: ApiCore<'retry-quarantine'> = async ({ runId, component: only }, deps, { until }) => {
  const { run } = await loadRun(deps, runId);
  refuseUnlessResting(run);
  await refuseHalted(deps, run);
  return withLocks(deps, run, () => retryBatches(deps, run, only, until));
};

async function retryBatches(deps: Deps, { id: runId, epoch }: RunState, only: string | undefined, until: number) {
  // It tells where somebody has turned the run back meanwhile.
  const context = await runContext(deps, { runId, epoch });
  const answer: QuarantineRetried = { succeeded: 0, failed: [], more: false };
  for (const component of batchesOf(context.plan, only)) {
    const slice = { invocation: deps.ids.next(), until };
    const done = await retryQuarantine(deps, await batchJob({ ...context, component, slice }), slice);
    if (done.outcome === 'wait') throw underWay(runId, component.name, done.until);
    answer.succeeded += done.succeeded;
    answer.failed.push(...done.failed.map((failure) => told(component.name, failure)));
    if (done.outcome === 'more') return { ...answer, more: true };
  }
  return answer;
}

const told = (component: string, { key, error }: Failure): QuarantineRetried['failed'][number] => ({
  component,
  key: key as QuarantineRetried['failed'][number]['key'],
  error,
});

const underWay = (runId: string, component: string, until: number): RunStateError =>
  new RunStateError(`Another attempt at ${component} may be under way until ${new Date(until).toISOString()}.`, {
    next: `slipway quarantine retry ${runId}, after that`,
  });

async function refuseHalted({ store }: Deps, { environment }: RunState): Promise<void> {
  if ((await store.read(haltKey(environment)))?.['active'] !== true) return;
  throw new RunStateError(`An emergency stop of ${environment} is in force.`, {
    next: `slipway stop --lift --environment ${environment} -m REASON`,
  });
}

/** Nothing else of it may be under way, nor may it have turned back. */
function refuseUnlessResting(run: RunState): void {
  if (ACTIVE.has(run.status)) {
    throw new RunStateError(`${run.id} is ${run.status}; its records are tried again when it rests.`, {
      next: `slipway watch ${run.id}`,
    });
  }
  if (run.broken) {
    throw new RunStateError(`${run.id} has lost ${run.broken.join(', ')}.`, { next: `slipway status ${run.id}` });
  }
  if (run.direction === 'back') {
    throw new RunStateError(`${run.id} is ${run.status}: it has turned back, and nothing of it goes forward any more.`, {
      next: 'Correct the records or the transform, then start the plan again.',
    });
  }
}

export const create = apiFunction(quarantineEndpoints['retry-quarantine'], core);
export const handler = onAws(create);
