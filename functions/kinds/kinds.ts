import type { Value } from '../../shared/ports/store.ts';
import type { SliceOutcome } from '../../shared/run/steps.ts';
import type { ComponentContext } from '../component-context.ts';

// A call is about one component: it takes in the code of its kind, not that of all.

/** Makes a component ready for its machine: its item with its rollback point, and what the machine needs to know. */
export async function prepare(context: ComponentContext) {
  const { component } = context;
  switch (component.kind) {
    case 'task':
      return (await import('./task.ts')).prepareTask({ ...context, component });
    case 'batch':
      return (await import('./batch.ts')).prepareBatchComponent({ ...context, component });
    case 'rollout':
      return (await import('./rollout.ts')).prepareRollout({ ...context, component });
    case 'rotate':
      return (await import('./rotate.ts')).prepareRotate({ ...context, component });
    case 'validate':
      return (await import('./validate.ts')).prepareValidate({ ...context, component });
    case 'approval':
      return (await import('./approval.ts')).prepareApproval({ ...context, component });
    case 'wait':
      return (await import('./wait.ts')).prepareWait({ ...context, component });
  }
}

/** `cursor` goes to the next slice, `outputs` to later components. */
export type Verdict = SliceOutcome & { readonly until?: number; readonly cursor?: Value; readonly outputs?: Value };

/** Checks, slice by slice, that what a component did is there. */
export async function verify(context: ComponentContext, cursor: Value): Promise<Verdict> {
  const { component } = context;
  switch (component.kind) {
    case 'task':
      return (await import('./task.ts')).verifyTask({ ...context, component }, cursor);
    case 'batch':
      return (await import('./batch.ts')).verifyBatchComponent({ ...context, component });
    case 'rollout':
      return (await import('./rollout.ts')).verifyRollout({ ...context, component });
    case 'rotate':
      return (await import('./rotate.ts')).verifyRotate({ ...context, component }, cursor);
    case 'validate':
      return (await import('./validate.ts')).verifyValidate({ ...context, component }, cursor);
    case 'approval':
      return (await import('./approval.ts')).verifyApproval({ ...context, component });
    case 'wait':
      return { outcome: 'done' };
  }
}

/** Takes one slice of a component back. The other kinds change nothing that would have to be taken back. */
export async function undo(context: ComponentContext): Promise<SliceOutcome> {
  const { component } = context;
  if (component.kind === 'task') return (await import('./task.ts')).undoTask({ ...context, component });
  if (component.kind === 'batch') return (await import('./batch.ts')).undoBatchComponent({ ...context, component });
  if (component.kind === 'rollout') return (await import('./rollout.ts')).undoRollout({ ...context, component });
  if (component.kind === 'rotate') return (await import('./rotate.ts')).undoRotate({ ...context, component });
  return { outcome: 'done' };
}
