import type { LambdaClient } from '@aws-sdk/client-lambda';
import { PreparationError } from '../../shared/errors/run-errors.ts';
import { secretErrorNamed } from '../../shared/errors/secret-error-named.ts';
import { RotationStepError, ServerUnavailableError } from '../../shared/errors/secret-errors.ts';
import { UserFunctionError } from '../../shared/errors/user-code-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { OldCredentials } from '../../shared/ports/old-credentials.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { Revocation, Window } from '../../shared/secrets/rotation/revoke-old.ts';
import type { Rotation } from '../../shared/secrets/rotation/rotation-context.ts';
import { invokeTask } from './invoke-task.ts';

export interface SecretFunctionsOptions {
  readonly client: LambdaClient;
  readonly clock: Pick<Clock, 'now'>;
  /** The function that rotates a secret; undefined: none of ours does. */
  readonly functionOf: (secretId: string) => string | undefined;
}

/** A call is waited for this long: longer than its function runs, ms. */
const CALL_MS = 130_000;

/** What the control table throws in passing. */
const PASSING: ReadonlySet<string> = new Set(['StoreThrottledError', 'StoreUnansweredError', 'SupersededError']);

const OVER: ReadonlySet<unknown> = new Set(['revoked', 'kept', 'superseded'] satisfies Revocation['outcome'][]);

function isRevocation(answer: unknown): answer is Revocation {
  const { outcome, until } = (answer ?? {}) as { readonly outcome?: unknown; readonly until?: unknown };
  return OVER.has(outcome) || (outcome === 'wait' && typeof until === 'number');
}

/** Old credentials through the function that rotates their secret: it alone reaches the server. Payloads: functions/rotate-secret. */
export class SecretFunctions implements OldCredentials {
  readonly #options: SecretFunctionsOptions;

  constructor(options: SecretFunctionsOptions) {
    this.#options = options;
  }

  async revoke({ secretId, token, since }: Window): Promise<Revocation> {
    const answer = await this.#call('revokeSecret', { secretId, token }, { since });
    if (isRevocation(answer)) return answer;
    throw new RotationStepError(`The function that rotates ${secretId} has not told what became of the old credential.`, {
      next: 'Deploy it in the version of the control plane.',
    });
  }

  async restore(rotation: Rotation): Promise<void> {
    await this.#call('restoreSecret', rotation);
  }

  async #call(step: string, { secretId, token }: Rotation, more: { readonly [name: string]: Value } = {}): Promise<unknown> {
    const { client, clock, functionOf } = this.#options;
    const functionName = functionOf(secretId);
    if (functionName === undefined) {
      throw new RotationStepError(`No function of this environment rotates ${secretId}.`, {
        next: 'Declare a RotatedSecret; of one with a secretArn tell the ControlPlane, too (adoptedSecrets).',
      });
    }
    const payload = JSON.stringify({ Step: step, SecretId: secretId, ClientRequestToken: token, ...more });
    const deadline = clock.now() + CALL_MS;
    try {
      return await invokeTask({ client, clock }, { what: `${secretId} ${step}`, functionName, payload, deadline });
    } catch (error) {
      throw failure(secretId, error);
    }
  }
}

/** What the function has thrown, as it has thrown it; where it could not be asked, its server could not be. */
function failure(secretId: string, error: unknown): Error {
  if (error instanceof UserFunctionError) {
    const { name, message, retryable } = error.thrown;
    const known = secretErrorNamed(name, message, { cause: error });
    if (known) return known;
    // Its words are not ours, and stay in its log.
    if (!retryable && !PASSING.has(name)) {
      return new RotationStepError(`The function that rotates ${secretId} has failed (${name}).`, { next: 'See its log.' });
    }
  }
  if (error instanceof PreparationError) {
    return new RotationStepError(`The function that rotates ${secretId} may not be called, or is not there.`, {
      next: 'Deploy its RotatedSecret; where it was removed on purpose, revoke the old credential at its server by hand.',
      cause: error,
    });
  }
  return new ServerUnavailableError(`The function that rotates ${secretId} could not be asked.`, {
    next: 'It is tried again.',
    cause: error,
  });
}
