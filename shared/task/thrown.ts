import type { Thrown } from '../errors/user-code-errors.ts';
import { errorCode, isRetryable } from '../resilience/retryable-error.ts';

const LONGEST = 2000;
const FRAMES = 8;

/** What of a thrown value may cross to the control plane: short, and plain JSON. */
export function thrownBy(error: unknown): Thrown {
  if (!(error instanceof Error)) {
    const { name, message } = (typeof error === 'object' && error !== null ? error : {}) as { name?: unknown; message?: unknown };
    return {
      name: typeof name === 'string' ? cut(name) : 'Error',
      message: typeof message === 'string' ? cut(message) : cut(asText(error)),
      ...codeOf(error),
      retryable: isRetryable(error),
    };
  }
  const stack = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, FRAMES)
    .join('\n');
  return {
    name: cut(error.name),
    message: cut(error.message),
    ...codeOf(error),
    retryable: isRetryable(error),
    ...(stack ? { stack: cut(stack) } : {}),
  };
}

const codeOf = (error: unknown): { code?: string } => {
  const code = errorCode(error);
  return code === undefined ? {} : { code: cut(code) };
};

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Thrown objects that are no errors may refuse to become text. */
const asText = (value: unknown): string => {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return 'something that cannot be shown';
  }
};
