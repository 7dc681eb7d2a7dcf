import type { RotationView } from '../shared/api/secrets.ts';
import { STEPS } from '../shared/secrets/rotation/rotation-steps.ts';
import type { ApiClient } from './api-client.ts';
import { TimedOutError } from './cli-errors.ts';
import { oneLine } from './render/printable.ts';
import type { Session } from './session.ts';

const LOOK_MS = 500;

const DONE: { readonly [step in (typeof STEPS)[number]]: string } = {
  createSecret: 'a new value is made and kept',
  setSecret: 'its server takes it, beside the old one',
  testSecret: 'it was tried',
  finishSecret: 'applications read it from now on',
};

export interface FollowedRotation {
  readonly secretId: string;
  readonly environment: string | undefined;
  readonly asked: RotationView;
  /** ms; absent: until it is over. */
  readonly timeout: number | undefined;
}

/** Tells of each step as it is done, until the rotation is over. Throws TimedOutError: the rotation goes on. */
export async function followRotation(session: Session, client: ApiClient, of: FollowedRotation): Promise<RotationView> {
  const { clock } = session.shell;
  const { secretId, environment, asked, timeout = Number.POSITIVE_INFINITY } = of;
  const until = clock.now() + timeout;
  let told = 0;
  let failure = '';
  for (let seen = asked; ; ) {
    const taken = seen.step === undefined ? STEPS.length : STEPS.indexOf(seen.step);
    for (; told < taken && seen.status !== 'superseded'; told += 1)
      session.note(`${told + 1}/4  ${DONE[STEPS[told] ?? 'finishSecret']}`);
    if (seen.failure && seen.failure.message !== failure) {
      failure = seen.failure.message;
      session.note(`     ${oneLine(failure)}${seen.failure.retryable ? ' It is tried again.' : ''}`);
    }
    if (seen.status !== 'pending') return seen;
    if (clock.now() >= until) {
      throw new TimedOutError('The rotation is not over; it goes on.', {
        next: session.commandLine('secrets', 'show', secretId),
      });
    }
    await clock.sleep(LOOK_MS);
    const { rotation } = await client.call('get-secret', { secretId, environment });
    // Another one has come after it: this one was over before.
    seen = rotation?.version === asked.version ? rotation : { version: asked.version, status: 'superseded' };
  }
}
