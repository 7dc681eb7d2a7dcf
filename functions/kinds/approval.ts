import { readApproval } from '../../shared/approval/approval-state.ts';
import { expireApproval } from '../../shared/approval/decide-approval.ts';
import type { ApprovalComponent } from '../../shared/plan/plan.ts';
import { requireWork } from '../../shared/run/component-end.ts';
import { componentKey } from '../../shared/run/keys.ts';
import { changeWork, openWork, settleWork } from '../../shared/run/work-access.ts';
import type { ComponentContext } from '../component-context.ts';

type Context = ComponentContext<ApprovalComponent>;

/** A rejection that made the run fail is asked about anew where somebody retries the run. */
export async function prepareApproval({ deps, writer, component }: Context) {
  const startedAt = deps.clock.now();
  const work = await openWork(
    deps,
    writer,
    componentKey(writer.runId, component.name),
    { type: 'rollbackPointCreated', data: {} },
    { status: 'prepared', kind: 'approval', direction: 'forward', startedAt, rollbackPoint: {} },
  );
  const asked = readApproval(work.item);
  const again = work.state.status === 'failed' && asked !== undefined;
  const change = { set: { status: 'prepared' }, remove: ['approval', 'taskToken', 'failure', 'endedAt'] };
  const draft = { type: 'statusChanged', data: { asksAgain: true } } as const;
  await settleWork(deps, again ? await changeWork(deps, work, draft, change) : work);
  const expiresAt = (again ? undefined : asked?.expiresAt) ?? deps.clock.now() + component.expires;
  return { outcome: 'prepared', kind: 'approval', timeoutSeconds: secondsUntil(expiresAt, deps.clock.now()) } as const;
}

/** Judges by what is recorded: the state's own end only says that there is something to look at. */
export async function verifyApproval({ deps, writer, component }: Context) {
  const work = await requireWork(deps, writer, component.name);
  const asked = readApproval(work.item);
  const now = deps.clock.now();
  if (asked && !asked.decision && now < asked.expiresAt) return { outcome: 'wait', until: asked.expiresAt } as const;
  const { approved, actor, reason } = await expireApproval(deps, writer, component.name);
  if (approved) return { outcome: 'done' } as const;
  return { outcome: 'failed', code: 'REJECTED', message: `Rejected by ${actor}${reason === '' ? '' : `: ${reason}`}` } as const;
}

/** A task's time-out has whole seconds, one at least. */
const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1000));
