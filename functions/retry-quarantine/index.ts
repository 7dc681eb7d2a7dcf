import type { QuarantineRetried } from '../../shared/api/quarantine.ts';
import { quarantineEndpoints } from '../../shared/api/quarantine-endpoints.ts';
import type { Failure } from '../../shared/batch/apply-transform.ts';
import { retryQuarantine } from '../../shared/batch/retry-quarantine.ts';
import { RunStateError } from '../../shared/errors/run-errors.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { ACTIVE, hasEnded, type RunState } from '../../shared/run/run-state.ts';
import { runContext } from '../component-context.ts';
import { batchJob } from '../kinds/batch.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { batchesOf } from '../quarantine.ts';

const core: ApiCore<'retry-quarantine'> = async ({ runId, component: only }, deps, { until }) => {
  const { run } = await loadRun(deps, runId);
  refuseUnlessResting(run);
  const context = await runContext(deps, { runId, epoch: run.epoch });
  const answer: QuarantineRetried = { succeeded: 0, failed: [], more: false };
  for (const component of batchesOf(context.plan, only)) {
    const slice = { invocation: deps.ids.next(), until };
    const done = await retryQuarantine(deps, await batchJob({ ...context, component, slice }), slice);
    if (done.outcome !== 'done') return { ...answer, more: true };
    answer.succeeded += done.succeeded;
    answer.failed.push(...done.failed.map((failure) => told(component.name, failure)));
  }
  return answer;
};

const told = (component: string, { key, error }: Failure): QuarantineRetried['failed'][number] => ({
  component,
  key: key as QuarantineRetried['failed'][number]['key'],
  error,
});

/** It writes to the target, so the run must hold its locks, and nothing else of it may be under way. */
function refuseUnlessResting(run: RunState): void {
  if (ACTIVE.has(run.status)) {
    throw new RunStateError(`${run.id} is ${run.status}; its records are tried again when it rests.`, {
      next: `slipway watch ${run.id}`,
    });
  }
  if (hasEnded(run) || run.direction === 'back') {
    throw new RunStateError(`${run.id} is ${run.status} and holds no locks any more.`, {
      next: 'Correct the records or the transform, then start the plan again: what is there already is not written twice.',
    });
  }
}

export const create = apiFunction(quarantineEndpoints['retry-quarantine'], core);
export const handler = onAws(create);
