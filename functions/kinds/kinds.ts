import type { Value } from '../../shared/ports/store.ts';
import type { SliceOutcome } from '../../shared/run/steps.ts';
import type { ComponentContext } from '../component-context.ts';
import { prepareApproval, verifyApproval } from './approval.ts';
import { prepareBatchComponent, undoBatchComponent, verifyBatchComponent } from './batch.ts';
import { prepareRollout, undoRollout, verifyRollout } from './rollout.ts';
import { prepareTask, undoTask, verifyTask } from './task.ts';
import { prepareValidate, verifyValidate } from './validate.ts';
import { prepareWait } from './wait.ts';

/** Makes a component ready for its machine: its item with its rollback point, and what the machine needs to know. */
export async function prepare(context: ComponentContext) {
  const { component } = context;
  switch (component.kind) {
    case 'task':
      return prepareTask({ ...context, component });
    case 'batch':
      return prepareBatchComponent({ ...context, component });
    case 'rollout':
      return prepareRollout({ ...context, component });
    case 'validate':
      return prepareValidate({ ...context, component });
    case 'approval':
      return prepareApproval({ ...context, component });
    case 'wait':
      return prepareWait({ ...context, component });
  }
}

/** `cursor` goes to the next slice, `outputs` to later components. */
export type Verdict = SliceOutcome & { readonly until?: number; readonly cursor?: Value; readonly outputs?: Value };

/** Checks, slice by slice, that what a component did is there. */
export async function verify(context: ComponentContext, cursor: Value): Promise<Verdict> {
  const { component } = context;
  switch (component.kind) {
    case 'task':
      return verifyTask({ ...context, component }, cursor);
    case 'batch':
      return verifyBatchComponent({ ...context, component });
    case 'rollout':
      return verifyRollout({ ...context, component });
    case 'validate':
      return verifyValidate({ ...context, component }, cursor);
    case 'approval':
      return verifyApproval({ ...context, component });
    case 'wait':
      return { outcome: 'done' };
  }
}

/** Takes one slice of a component back. The other kinds change nothing that would have to be taken back. */
export async function undo(context: ComponentContext): Promise<SliceOutcome> {
  const { component } = context;
  if (component.kind === 'task') return undoTask({ ...context, component });
  if (component.kind === 'batch') return undoBatchComponent({ ...context, component });
  if (component.kind === 'rollout') return undoRollout({ ...context, component });
  return { outcome: 'done' };
}
