import { retried } from '../../adapters/resilience/retried.ts';
import type { BatchJob } from '../../shared/batch/batch-job.ts';
import { prepareBatch } from '../../shared/batch/prepare-batch.ts';
import { undoBatch } from '../../shared/batch/undo-batch.ts';
import { verifyBatch } from '../../shared/batch/verify-batch.ts';
import { workSegment } from '../../shared/batch/work-segment.ts';
import type { BatchComponent, Retry } from '../../shared/plan/plan.ts';
import type { RecordTransform } from '../../shared/ports/record-transform.ts';
import { baseDirOf, type ComponentContext, type RunContext, retryOf, timeoutsOf } from '../component-context.ts';

type Context = ComponentContext<BatchComponent>;

export async function prepareBatchComponent(context: Context) {
  const prepared = await prepareBatch(context.deps, await batchJob(context), context.slice);
  if (prepared.outcome === 'more') return prepared;
  return { outcome: 'prepared', kind: 'batch', segments: Array.from({ length: prepared.segments }, (_, n) => n) } as const;
}

/** An interval that fails is tried again as a whole, so what it calls is not. */
export async function workBatchSegment(context: Context, segment: number) {
  const { deps, run, component, slice } = context;
  const transform = await deps.code.transform(baseDirOf(run), component.transform.run, slice.until);
  return workSegment(deps, { ...(await batchJob(context)), transform }, segment, slice);
}

export const verifyBatchComponent = async (context: Context) => verifyBatch(context.deps, await batchJob(context), context.slice);

export const undoBatchComponent = async (context: Context) => undoBatch(context.deps, await batchJob(context), context.slice);

export async function batchJob(context: Context): Promise<BatchJob> {
  const { deps, run, writer, component, slice } = context;
  const retry = retryOf(context);
  return {
    writer,
    component,
    environment: run.environment,
    transform: await transformOf({ deps, run }, component.transform.run, retry, slice.until),
    retry,
    patienceMs: timeoutsOf(context).migrate,
  };
}

/** A transform that is asked again, until `until` (epoch ms), where its function could not be reached or answered too late. */
export async function transformOf(
  { deps, run }: Pick<RunContext, 'deps' | 'run'>,
  ref: string,
  retry: Retry,
  until: number,
): Promise<RecordTransform> {
  const transform = await deps.code.transform(baseDirOf(run), ref, until);
  return (records) => retried(deps, retry, until, () => transform(records));
}
