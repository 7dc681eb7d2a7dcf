import { EffectUnansweredError, PreparationError } from '../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError } from '../../shared/errors/user-code-errors.ts';

/** Lambda refused before it started anything. */
const THROTTLED = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'EC2ThrottledException',
  'ENILimitReachedException',
  'SubnetIPAddressLimitReachedException',
  'ResourceNotReadyException',
  'ResourceConflictException',
]);

/** The connection was never there, so nothing was sent. A reset one, on the contrary, proves nothing. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The SDK gives no code of its own to a connection that was not made in time. */
const NO_CONNECTION = /did not establish a connection/;

/** What a failed Invoke request means: not started, refused for good, or perhaps under way until its deadline. */
export const invokeFailure = (
  what: string,
  cause: unknown,
): UserCodeNotStartedError | PreparationError | EffectUnansweredError => {
  const { name, message, code, status } = facts(cause);
  if (THROTTLED.has(name) || status === 429) {
    return new UserCodeNotStartedError(`${what} was not started: throttled (${name})`, {
      next: 'It is repeated by itself; raise the concurrency of the function if this goes on.',
      cause,
    });
  }
  if (UNREACHED.has(code) || NO_CONNECTION.test(message)) {
    return new UserCodeNotStartedError(`${what} was not started: Lambda was not reached (${code || name})`, {
      next: 'Check the network and the region.',
      cause,
    });
  }
  const refused = name === 'CredentialsProviderError' || (status !== undefined && status >= 400 && status < 500);
  if (refused) {
    return new PreparationError(`${what} was refused (${name}): ${message}`, {
      next: 'Check the name of the Task and the permission lambda:InvokeFunction.',
      cause,
    });
  }
  return new EffectUnansweredError(`${what} got no answer (${code || name})`, {
    next: 'It may be under way until its deadline, and is settled then.',
    cause,
  });
};

const facts = (cause: unknown): { name: string; message: string; code: string; status: number | undefined } => {
  if (!(cause instanceof Error)) return { name: 'unknown', message: String(cause), code: '', status: undefined };
  const { code, $metadata } = cause as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  return {
    name: cause.name,
    message: cause.message,
    code: typeof code === 'string' ? code : '',
    status: $metadata?.httpStatusCode,
  };
};
