import { describe, expect, it } from 'vitest';
import type { ComponentContext } from '../../../../functions/component-context.ts';
import { verifyBatchComponent, workBatchSegment } from '../../../../functions/kinds/batch.ts';
import { inProcess } from '../../../../shared/batch/apply-transform.ts';
import { UserCodeNotStartedError } from '../../../../shared/errors/user-code-errors.ts';
import type { BatchComponent } from '../../../../shared/plan/plan.ts';
import { plan as planSchema } from '../../../../shared/plan/plan.ts';
import { BatchWorld, renamed, untilDone } from '../../shared/batch/batch-world.ts';
import { memoryDeps } from '../memory-deps.ts';

/** A batch whose transform cannot be reached until `reached` is set. */
function unreachable() {
  const world = new BatchWorld();
  const seen = { calls: 0, reached: false };
  const transform = async (records: Parameters<ReturnType<typeof inProcess>>[0]) => {
    seen.calls += 1;
    if (!seen.reached) throw new UserCodeNotStartedError('Nobody answers.');
    return inProcess(renamed)(records);
  };
  const deps = memoryDeps({ ...world.deps, code: { transform: async () => transform } });
  const context = (): ComponentContext<BatchComponent> => ({
    deps,
    writer: world.job.writer,
    run: { id: 'run1', environment: 'test' } as ComponentContext['run'],
    plan: planSchema.parse({
      slipway: 1,
      name: 'people',
      target: 'test/people',
      phases: [{ name: 'only', components: [{ name: 'rest', kind: 'wait', for: '1s' }] }],
    }),
    component: world.component,
    slice: world.slice(),
  });
  return { world, seen, context };
}

describe('a batch whose transform cannot be reached', () => {
  it('asks once and three times more, at one layer', async () => {
    const { world, seen, context } = unreachable();
    await world.prepare();
    expect(await untilDone(world.clock, () => workBatchSegment(context(), 0))).toMatchObject({ outcome: 'failed' });
    expect(seen.calls).toBe(4);
  });

  it('asks again while it verifies', async () => {
    const { world, seen, context } = unreachable();
    await world.prepare();
    await world.work();
    await expect(verifyBatchComponent(context())).rejects.toThrow('Nobody answers.');
    expect(seen.calls).toBeGreaterThan(3);
    seen.reached = true;
    expect(await untilDone(world.clock, () => verifyBatchComponent(context()))).toMatchObject({ outcome: 'done' });
  });
});
