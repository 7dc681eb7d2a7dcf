import type { ApprovalComponent } from '../plan/plan.ts';
import { requireWork } from '../run/component-end.ts';
import { changeRun, type RunDeps, type RunWriter } from '../run/run-access.ts';
import { changeWork, settleWork } from '../run/work-access.ts';
import { type ApprovalDecision, type ApprovalState, readApproval } from './approval-state.ts';
import { deliver } from './decide-approval.ts';

/**
 * Keeps the task token of a waiting approval and says that the run waits for a person. Asked again (a retried state has a
 * new token) it keeps the first expiry; where it has been decided already, the decision goes to the new token at once.
 */
export async function requestApproval(
  deps: RunDeps,
  writer: RunWriter,
  component: ApprovalComponent,
  taskToken: string,
): Promise<{ readonly expiresAt: number; readonly decision?: ApprovalDecision }> {
  const work = await requireWork(deps, writer, component.name);
  const asked = readApproval(work.item);
  const { prompt, onExpiry, expires } = component;
  const approval: ApprovalState = asked ?? { prompt, onExpiry, expiresAt: deps.clock.now() + expires };
  if (asked === undefined || work.state.taskToken !== taskToken) {
    const { expiresAt } = approval;
    const draft = { type: 'approvalRequested', data: { prompt, expiresAt } } as const;
    const kept = await changeWork(deps, work, draft, { set: { taskToken, approval: { ...approval }, status: 'working' } });
    await settleWork(deps, kept);
  }
  if (approval.decision) {
    await deliver(deps, taskToken, approval.decision);
    return { expiresAt: approval.expiresAt, decision: approval.decision };
  }
  // Refused where the run is pausing or turned back meanwhile: that status says more, and the question stands all the same.
  await changeRun(deps, writer.runId, { type: 'await-approval', component: component.name }, { epoch: writer.epoch });
  return { expiresAt: approval.expiresAt };
}
