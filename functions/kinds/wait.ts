import type { WaitComponent } from '../../shared/plan/plan.ts';
import { componentKey } from '../../shared/run/keys.ts';
import { openWork, settleWork } from '../../shared/run/work-access.ts';
import type { ComponentContext } from '../component-context.ts';

/** The end is fixed when the component begins: neither a restart nor a takeover makes the wait any longer. */
export async function prepareWait({ deps, writer, component }: ComponentContext<WaitComponent>) {
  const startedAt = deps.clock.now();
  const set = { status: 'prepared', kind: 'wait', direction: 'forward', startedAt, rollbackPoint: {} };
  const work = await openWork(
    deps,
    writer,
    componentKey(writer.runId, component.name),
    { type: 'rollbackPointCreated', data: { until: startedAt + component.for } },
    set,
  );
  await settleWork(deps, work);
  return { outcome: 'prepared', kind: 'wait', until: (work.state.startedAt ?? startedAt) + component.for } as const;
}
