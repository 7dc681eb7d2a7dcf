import { RotationStepError, ServerUnavailableError } from '../../shared/errors/secret-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { TaskMethod, UserCode } from '../../shared/ports/user-code.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';

const CALL_MS = 20_000;
/** What tells one service and account from another, where a secret has it. */
const IDENTITY = ['service', 'host', 'port', 'account', 'username'] as const;

export interface TwoKeysOptions {
  readonly userCode: UserCode;
  readonly clock: Pick<Clock, 'now'>;
  /** The task that knows the service: `./file.ts#export`, or a Task's name. */
  readonly ref: string;
}

/**
 * API keys, signing keys and tokens of a service that takes two at once, through a user's task of effect class `idempotent`: `forward`
 * makes a key and answers its fields, the same ones for the same `idempotencyKey` (it is given `input.current`); `verify` answers
 * whether the service takes `output`, and throws where it could not ask; `undo` takes `output` away, by `input.current`.
 */
export const twoKeys = ({ userCode, clock, ref }: TwoKeysOptions): RotatedSystem => {
  const call = (method: TaskMethod, idempotencyKey: string, input: Value, output: Value): Promise<Value> =>
    userCode
      .call(
        ref,
        method,
        { runId: 'rotation', component: 'rotation', step: 0, item: null, outputs: {}, fence: 0, idempotencyKey, input, output },
        clock.now() + CALL_MS,
      )
      .catch((error: unknown) => {
        throw unavailable(ref, method, error);
      });
  const admits = async (fields: SecretFields): Promise<boolean> => {
    const answer = await call('verify', 'verify', null, fields);
    if (typeof answer === 'boolean') return answer;
    throw new RotationStepError(`${ref} has not answered its verify with true or false.`, { next: 'Correct the task.' });
  };
  return {
    name: 'two-keys',
    overlaps: true,
    problemOf: () => undefined,
    identityOf: (fields) => JSON.stringify(IDENTITY.map((name) => fields[name] ?? null)),
    next: async (current, _make, request) => {
      await requireWhole(userCode, ref);
      const made = await call('forward', request, { current }, null);
      if (isFields(made)) return made;
      throw new RotationStepError(`${ref} has answered no fields of a new key.`, { next: 'Let forward answer an object.' });
    },
    admits,
    // The service has made it; whether it takes it is tested next.
    install: async () => {},
    revoke: async ({ old, current }) => {
      await call('undo', 'undo', { current }, old);
    },
  };
};

const isFields = (value: Value): value is SecretFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** A key that is made twice would be one that nobody knows of. */
async function requireWhole(userCode: UserCode, ref: string): Promise<void> {
  const shape = await userCode.shape(ref).catch((error: unknown) => {
    throw unavailable(ref, 'shape', error);
  });
  if (shape?.effect === 'idempotent' && (['forward', 'verify', 'undo'] as const).every((it) => shape.methods.includes(it)))
    return;
  throw new RotationStepError(`${ref} is no idempotent task with forward, verify and undo.`, {
    next: 'A key is made again after a crash: forward must answer the same one for the same idempotencyKey.',
  });
}

/** Only the name of the error is told: its message may hold what the service was asked. */
const unavailable = (ref: string, method: string, error: unknown): ServerUnavailableError =>
  new ServerUnavailableError(`${ref} ${method} failed (${error instanceof Error ? error.name : 'not an error'}).`, {
    next: 'Look at the log of the task and at its service; it is tried again.',
  });
