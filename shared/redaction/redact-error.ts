import { redactText } from './redact-text.ts';

const LONGEST_CHAIN = 16;

/** An error of the same class whose message, stack and causes hold no secrets; the error itself where they held none. */
export function redactError(error: unknown, depth = 0): unknown {
  try {
    return error instanceof Error && depth < LONGEST_CHAIN ? redacted(error, depth) : redactUnknown(error);
  } catch {
    return new Error('An error that cannot be read.');
  }
}

function redacted(error: Error, depth: number): Error {
  const message = redactText(String(error.message));
  const stack = error.stack === undefined ? undefined : redactText(error.stack);
  const cause = error.cause === undefined ? undefined : redactError(error.cause, depth + 1);
  if (message === error.message && stack === error.stack && cause === error.cause) return error;
  const copy: Error = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
  const hidden = { configurable: true, writable: true, enumerable: false };
  Object.defineProperty(copy, 'message', { ...hidden, value: message });
  Object.defineProperty(copy, 'stack', { ...hidden, value: stack });
  if (cause !== undefined) Object.defineProperty(copy, 'cause', { ...hidden, value: cause });
  return copy;
}

const redactUnknown = (thrown: unknown): unknown => (typeof thrown === 'string' ? redactText(thrown) : thrown);
