import { isDeepStrictEqual } from 'node:util';
import { redact } from './redact.ts';
import { redactText } from './redact-text.ts';

const LONGEST_CHAIN = 16;

/**
 * An error of the same class of which no part holds a secret: message, stack, causes, errors that happened together, fields of its own. The
 * error itself where none did. What is no error is told as `redact` tells it.
 */
export function redactError(error: unknown): unknown {
  try {
    return told(error, []);
  } catch {
    return new Error('An error that cannot be read.');
  }
}

/** `around`: the errors that have led to it. */
function told(thrown: unknown, around: readonly unknown[]): unknown {
  if (around.includes(thrown)) return '[circular]';
  if (around.length >= LONGEST_CHAIN) return '[too deep]';
  return thrown instanceof Error ? redacted(thrown, [...around, thrown]) : unlessSame(thrown, redact(thrown));
}

function redacted(error: Error, around: readonly unknown[]): Error {
  const { message, stack, ...own } = Object.getOwnPropertyDescriptors(error);
  const hidden = { configurable: true, writable: true, enumerable: false };
  const texts = {
    message: { ...hidden, value: redactText(String(error.message)) },
    stack: { ...hidden, value: error.stack === undefined ? undefined : redactText(error.stack) },
  };
  const fields = Object.entries(own).map(([name, field]) => [name, { ...field, ...partOf(name, field, around) }] as const);
  const same =
    texts.message.value === error.message &&
    texts.stack.value === error.stack &&
    fields.every(([name, { value }]) => value === own[name]?.value);
  if (same) return error;
  return Object.create(Object.getPrototypeOf(error), { ...own, ...Object.fromEntries(fields), ...texts });
}

function partOf(name: string, { value }: PropertyDescriptor, around: readonly unknown[]): PropertyDescriptor {
  if (value === undefined) return {};
  if (name === 'cause') return { value: told(value, around) };
  if (name === 'errors' && Array.isArray(value)) {
    return {
      value: unlessSame(
        value,
        value.map((one) => told(one, around)),
      ),
    };
  }
  return { value: unlessSame(value, redact({ [name]: value })[name]) };
}

/** The very value, so that an error without secrets is handed on as it is. */
const unlessSame = (value: unknown, copy: unknown): unknown => (isDeepStrictEqual(value, copy) ? value : copy);
