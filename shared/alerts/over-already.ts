import { readApproval } from '../approval/approval-state.ts';
import type { RunEvent } from '../ports/events.ts';
import type { Store } from '../ports/store.ts';
import { runKey } from '../run/keys.ts';
import { readRun } from '../run/run-state.ts';
import type { AlertCode } from './alert-code.ts';

/**
 * Why nobody is needed any more for what an event raises; undefined: somebody is. Events may overtake each other, and the one that would
 * have resolved it found nothing to resolve.
 */
export async function overAlready(store: Store, { runId, item }: RunEvent, code: AlertCode): Promise<string | undefined> {
  if (code === 'MIGRATION_FAILED' || code === 'ROLLBACK_FAILED') {
    const found = await store.read(runKey(runId));
    const status = found && readRun(found).status;
    return status === 'succeeded' || status === 'rolled-back' ? `The run ${status}.` : undefined;
  }
  if (code !== 'APPROVAL_WAITING') return undefined;
  const component = await store.read({ pk: runKey(runId).pk, sk: item });
  if (component?.['direction'] === 'back') return 'It was taken back.';
  return readApproval(component)?.decision === undefined ? undefined : 'It was answered.';
}
