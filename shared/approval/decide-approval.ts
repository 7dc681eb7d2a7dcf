import { ComponentNotFoundError, RunStateError, SupersededError } from '../errors/run-errors.ts';
import { requireWork } from '../run/component-end.ts';
import { componentKey } from '../run/keys.ts';
import { changeRun, loadRun, type RunDeps, type RunWriter } from '../run/run-access.ts';
import { changeWork, loadWork, settleWork, type Work } from '../run/work-access.ts';
import { type ApprovalDecision, type ApprovalState, readApproval } from './approval-state.ts';

export interface ApprovalAnswer {
  readonly approve: boolean;
  readonly actor: string;
  readonly reason: string;
}

export interface Decided {
  /** The one that counts: the first. */
  readonly decision: ApprovalDecision;
  /** It had been given before, and was only sent again. */
  readonly repeated: boolean;
  /** False: the waiting state is gone already, it has the decision or its time is up. */
  readonly delivered: boolean;
}

const RIVALS = 20;

/**
 * Answers a waiting approval. The first decision is recorded and counts; then it is sent to the waiting state. A call that
 * died between the two is repaired by the same call again. Throws RunStateError where another decision, or none, is possible.
 */
export async function decideApproval(deps: RunDeps, runId: string, component: string, answer: ApprovalAnswer): Promise<Decided> {
  const { run } = await loadRun(deps, runId);
  if (!run.components.some(({ name, kind }) => name === component && kind === 'approval')) {
    throw new ComponentNotFoundError(`${runId} has no approval named ${component}`, { next: `slipway status ${runId}` });
  }
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const { work, approval } = await waiting(deps, runId, component);
    if (approval.decision) return repeat(deps, work, component, approval.decision, answer);
    if (deps.clock.now() >= approval.expiresAt) throw expired(component, approval);
    const { approve: approved, actor, reason } = answer;
    const recorded = await record(deps, work, approval, { approved, actor, reason, at: deps.clock.now() });
    if (recorded)
      return { decision: recorded.decision, repeated: false, delivered: await tell(deps, recorded.work, recorded.decision) };
  }
  throw new SupersededError(`Other writers of ${component} kept coming between`, { next: `slipway status ${runId}` });
}

/** Applies the plan's default once the time is up; a decision that a person gave before counts instead. Answers what counts. */
export async function expireApproval(deps: RunDeps, writer: RunWriter, component: string): Promise<ApprovalDecision> {
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const work = await requireWork(deps, writer, component);
    const approval = readApproval(work.item);
    if (!approval) throw new RunStateError(`${component} was never asked for`, { next: `slipway status ${writer.runId}` });
    const decision: ApprovalDecision = approval.decision ?? {
      approved: approval.onExpiry === 'approve',
      actor: 'slipway',
      reason: `Nobody answered before ${new Date(approval.expiresAt).toISOString()}`,
      at: deps.clock.now(),
      expired: true,
    };
    if (!approval.decision && !(await record(deps, work, approval, decision))) continue;
    await resumeRun(deps, writer.runId, component);
    return decision;
  }
  throw new SupersededError(`Other writers of ${component} kept coming between`, { next: `slipway status ${writer.runId}` });
}

/** False where the token is used or its state is gone. */
export const deliver = (deps: RunDeps, taskToken: string, { approved, actor, reason }: ApprovalDecision): Promise<boolean> =>
  deps.workflow.succeed(taskToken, { approved, actor, reason });

async function waiting(deps: RunDeps, runId: string, component: string): Promise<{ work: Work; approval: ApprovalState }> {
  const key = componentKey(runId, component);
  const item = await deps.store.read(key);
  const approval = readApproval(item);
  const next = `slipway status ${runId}`;
  if (!item || !approval) throw new RunStateError(`${component} of ${runId} does not wait for an approval`, { next });
  // A command: it speaks for whichever epoch asked, and is refused by the revision where that has changed.
  const work = await loadWork(deps, { runId, epoch: Number(item['epoch']) }, key);
  if (!work || work.state.direction === 'back') throw new RunStateError(`${runId} is going back`, { next });
  return { work, approval: readApproval(work.item) ?? approval };
}

/** Undefined: another writer came between, so look again. */
async function record(
  deps: RunDeps,
  work: Work,
  approval: ApprovalState,
  decision: ApprovalDecision,
): Promise<{ readonly work: Work; readonly decision: ApprovalDecision } | undefined> {
  const { approved, actor, reason, expired } = decision;
  const data = { approved, reason, ...(expired === true ? { expired } : {}) };
  try {
    const change = { set: { approval: { ...approval, decision: { ...decision } } } };
    const decided = await changeWork(deps, work, { type: 'approvalDecided', actor, data }, change);
    await settleWork(deps, decided);
    return { work: decided, decision };
  } catch (error) {
    if (error instanceof SupersededError) return undefined;
    throw error;
  }
}

async function repeat(
  deps: RunDeps,
  work: Work,
  component: string,
  decision: ApprovalDecision,
  answer: ApprovalAnswer,
): Promise<Decided> {
  if (decision.approved === answer.approve) return { decision, repeated: true, delivered: await tell(deps, work, decision) };
  const done = decision.approved ? 'approved' : 'rejected';
  throw new RunStateError(
    `${component} was ${done} by ${decision.actor} at ${new Date(decision.at).toISOString()}: ${decision.reason}`,
    {
      next: `slipway status ${work.writer.runId}`,
    },
  );
}

/** The run first: once the state has its answer, the execution goes on and writes to the run itself. */
async function tell(deps: RunDeps, work: Work, decision: ApprovalDecision): Promise<boolean> {
  await resumeRun(deps, work.writer.runId, componentOf(work));
  const { taskToken } = work.state;
  return taskToken !== undefined && deliver(deps, taskToken, decision);
}

/** The run waits no more, unless another approval of it does. */
async function resumeRun(deps: RunDeps, runId: string, component: string): Promise<void> {
  const { run } = await loadRun(deps, runId);
  const others = run.components.filter(({ name, kind }) => kind === 'approval' && name !== component);
  for (let from = 0; from < others.length; from += 100) {
    const items = await deps.store.readMany(others.slice(from, from + 100).map(({ name }) => componentKey(runId, name)));
    const open = items.map(readApproval).some((approval) => approval !== undefined && approval.decision === undefined);
    if (open) return;
  }
  // Refused where the run does not wait (any more): a repeated call, a pause, a rollback.
  await changeRun(deps, runId, { type: 'approval-decided', component }, {});
}

const componentOf = (work: Work): string => work.key.sk.slice('COMPONENT#'.length);

const expired = (component: string, { expiresAt, onExpiry }: ApprovalState): RunStateError =>
  new RunStateError(
    `The time to decide on ${component} ended at ${new Date(expiresAt).toISOString()}; the default is to ${onExpiry}`,
    {
      next: 'The run applies the default by itself.',
    },
  );
