import type { Execution, Workflow } from '../../ports/workflow.ts';
import { everyOpen } from '../../rollout/every-open.ts';
import type { JournalDeps } from '../../run/journal.ts';
import { changeRotation } from './change-rotation.ts';
import { revocationOf, startRevocation } from './revocation-execution.ts';
import { isOpen, type RotationState, type RotationWindow, readRotation } from './rotation-state.ts';

export interface RevocationDeps extends JournalDeps {
  readonly workflow: Pick<Workflow, 'arnOf' | 'describe' | 'start'>;
}

/** An execution that was only just to be started is given this long, ms. */
const GRACE_MS = 30_000;
/** One that has failed needs a person: it is begun again once an hour, and its alarm with it. ms. */
const AGAIN_MS = 3_600_000;

/**
 * Old credentials for whose revocation nobody waits any more are waited for again. Answers their secrets; safe to run at any time. What cannot
 * be looked after keeps it from nothing else; the first such error is thrown at the end.
 */
export async function keepRevocations(deps: RevocationDeps): Promise<readonly string[]> {
  const begun: string[] = [];
  const failures: unknown[] = [];
  for await (const item of everyOpen(deps.store, 'rotation')) {
    try {
      if (await keep(deps, readRotation(item))) begun.push(String(item['secretId']));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return begun;
}

async function keep(deps: RevocationDeps, { secretId, window }: RotationState): Promise<boolean> {
  if (!isOpen(window)) return false;
  const execution = await revocationOf(deps.workflow, window);
  if (!isDue(deps.clock.now(), window, execution)) return false;
  const next = execution ? await nextAttempt(deps, secretId, window) : window;
  if (next) await startRevocation(deps.workflow, secretId, next);
  return next !== undefined;
}

function isDue(now: number, window: RotationWindow, execution: Execution | undefined): boolean {
  if (!execution) return now - window.since >= GRACE_MS;
  return execution.status !== 'RUNNING' && now - (execution.stoppedAt ?? execution.startedAt) >= AGAIN_MS;
}

/** Undefined where the window has changed meanwhile: then somebody else looks after it. */
async function nextAttempt(deps: RevocationDeps, secretId: string, seen: RotationWindow): Promise<RotationWindow | undefined> {
  const attempt = (seen.attempt ?? 1) + 1;
  let next: RotationWindow | undefined;
  await changeRotation(deps, secretId, (state) => {
    const window = state?.window;
    const same = isOpen(window) && window.token === seen.token && window.since === seen.since;
    next = same && (window.attempt ?? 1) < attempt ? { ...window, attempt } : undefined;
    return next && { window: next, event: { type: 'revocationBegunAgain', data: { secretId, version: seen.old, attempt } } };
  });
  return next;
}
