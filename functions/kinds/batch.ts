import type { BatchJob } from '../../shared/batch/batch-job.ts';
import { prepareBatch } from '../../shared/batch/prepare-batch.ts';
import { undoBatch } from '../../shared/batch/undo-batch.ts';
import { verifyBatch } from '../../shared/batch/verify-batch.ts';
import { workSegment } from '../../shared/batch/work-segment.ts';
import type { BatchComponent } from '../../shared/plan/plan.ts';
import { baseDirOf, type ComponentContext, retryOf, timeoutsOf } from '../component-context.ts';

type Context = ComponentContext<BatchComponent>;

export async function prepareBatchComponent(context: Context) {
  const prepared = await prepareBatch(context.deps, await batchJob(context), context.slice);
  if (prepared.outcome === 'more') return prepared;
  return { outcome: 'prepared', kind: 'batch', segments: Array.from({ length: prepared.segments }, (_, n) => n) } as const;
}

export const workBatchSegment = async (context: Context, segment: number) =>
  workSegment(context.deps, await batchJob(context), segment, context.slice);

export const verifyBatchComponent = async (context: Context) => verifyBatch(context.deps, await batchJob(context), context.slice);

export const undoBatchComponent = async (context: Context) => undoBatch(context.deps, await batchJob(context), context.slice);

export async function batchJob(context: Omit<Context, 'slice'>): Promise<BatchJob> {
  const { deps, run, writer, component } = context;
  return {
    writer,
    component,
    environment: run.environment,
    transform: await deps.code.transform(baseDirOf(run), component.transform.run),
    retry: retryOf(context),
    patienceMs: timeoutsOf(context).migrate,
  };
}
