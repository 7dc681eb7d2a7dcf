import { SupersededError } from '../../shared/errors/run-errors.ts';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import { redactText } from '../../shared/redaction/redact-text.ts';
import { readGate } from '../../shared/run/gate.ts';
import { componentKey } from '../../shared/run/keys.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { changeWork, loadWork, type Work } from '../../shared/run/work-access.ts';
import { answerOf, componentContext, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { prepare } from '../kinds/kinds.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

async function core(input: { runId: string; epoch: number; component: string }, deps: Deps, slice: Slice) {
  const context = await componentContext(deps, input, slice);
  const work = await loadWork(deps, context.writer, componentKey(input.runId, input.component));
  if (work?.state.status === 'completed') return { outcome: 'completed' };
  const gate = await readGate(deps.store, input.runId, context.run.environment);
  if (gate !== 'open') return { outcome: gate };
  if (work?.state.status === 'failed' && !work.state.rollbackPoint) await reopen(deps, work);
  try {
    return answerOf(await prepare(context));
  } catch (error) {
    // What cannot be prepared has failed; what may pass is tried again by the machine.
    if (!(error instanceof SlipwayError) || error.retryable || error instanceof SupersededError) throw error;
    return { outcome: 'failed', code: error.code, message: redactText(error.message) };
  }
}

/** It failed before it could be prepared: a retry prepares it as if for the first time. */
const reopen = (deps: Deps, work: Work) =>
  changeWork(
    deps,
    work,
    { type: 'statusChanged', data: { again: true } },
    { set: { status: 'open' }, remove: ['failure', 'endedAt'] },
  );

export const create = machineFunction({ input: componentInput, core });
export const handler = onAws(create);
