import type { Workflow } from '../../ports/workflow.ts';
import type { RotationWindow } from './rotation-state.ts';

/** The machine that waits for the end of a window. */
const REVOKE_MACHINE = 'revoke';

/** The execution that speaks for a window; one that has ended without closing it is followed by another. */
const nameOf = ({ token, since, attempt = 1 }: RotationWindow): string =>
  // Step Functions takes 80 characters, and Secrets Manager tokens of 64; `since` tells windows apart.
  `revoke-${token.slice(0, 48)}-${since}${attempt === 1 ? '' : `-${attempt}`}`;

/** Begins to wait for the end of a window; again is the same. */
export async function startRevocation(
  workflow: Pick<Workflow, 'start'>,
  secretId: string,
  window: RotationWindow,
): Promise<void> {
  const { token, since } = window;
  await workflow.start(REVOKE_MACHINE, nameOf(window), { secretId, token, since });
}

/** The execution that waits, if it has begun. */
export const revocationOf = (workflow: Pick<Workflow, 'arnOf' | 'describe'>, window: RotationWindow) =>
  workflow.describe(workflow.arnOf(REVOKE_MACHINE, nameOf(window)));
