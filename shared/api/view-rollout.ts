import type { RolloutComponent } from '../plan/component.ts';
import { progressOf } from '../rollout/rollout-progress.ts';
import { stagesOf } from '../rollout/stage.ts';
import type { WorkState } from '../run/work-state.ts';
import { type RolloutView, stageVerdict } from './rollout-view.ts';

/** How far a rollout is, from its component; one that has not begun shows its stages. */
export function viewRollout(component: RolloutComponent, work: WorkState | undefined): RolloutView {
  const { promoted, enteredAt, held, heldByHand, verdict } = progressOf(work ?? {});
  const cursor = work?.cursor ?? 0;
  const underWay = work?.direction === 'forward' && work.endedAt === undefined;
  const last = stageVerdict.safeParse(verdict).data;
  const judged = cursor > promoted;
  const stages = stagesOf(component);
  const approval = stages[cursor - 1]?.approval === true && last?.stage === cursor - 1 && last.decision === 'promote';
  return {
    flag: component.flag,
    from: component.from,
    to: component.to,
    stages: stages.map(({ percent, customers, bake, minSample }) => ({
      percent,
      customers: customers.length,
      bake,
      minSample,
    })),
    ...(cursor > 0 ? { stage: cursor - 1 } : {}),
    promoted: Math.min(promoted, cursor),
    ...(underWay && judged && enteredAt !== undefined ? { enteredAt } : {}),
    held: underWay ? held : [],
    waitsForPerson: underWay && judged && (heldByHand || approval),
    ...(last ? { verdict: last } : {}),
  };
}
