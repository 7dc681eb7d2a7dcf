import { redactRandom } from './entropy.ts';
import type { TextRules } from './known-formats.ts';
import { knownSecrets } from './known-secrets.ts';
import { redactText } from './redact-text.ts';
import { isSecretName, REDACTED } from './secret-name.ts';

/** Fields that may hold a key under a name that does not say so: what looks random in them is taken out. */
const RANDOM_FIELDS: ReadonlySet<string> = new Set([
  'auth',
  'signature',
  'sig',
  'assertion',
  'ticket',
  'session',
  'nonce',
  'env',
]);
/** Slipway's own digests and positions look random and are none of anybody's keys. */
const OPAQUE_FIELDS: ReadonlySet<string> = new Set(['cursor', 'hash', 'prev', 'digest', 'etag', 'writeId']);
/** Fields that say who did something: an address of a person stays. */
const PERSON = /^(?:actor|user|by|owner|subject)$|By$/;

export interface RedactionRules {
  /** Further fields in which whatever looks random is taken out. */
  readonly randomFields?: ReadonlySet<string>;
}

/** How the values beneath a name are treated. */
interface Manner extends TextRules {
  /** Every text and number is taken out. */
  readonly all?: boolean;
  readonly random?: boolean;
}

const PLAIN: Manner = {};
const ALL: Manner = { all: true };
const RANDOM: Manner = { random: true };
const PEOPLE: Manner = { people: true };
const OPAQUE: Manner = { opaque: true };
/** Beyond, nothing is looked at. */
const DEEPEST = 600;

/**
 * A copy without secrets, of JSON values in the same shape. What is no JSON comes out as JSON that tells of it: an error as its
 * parts, a Map as an object, a Buffer as its size. No getter and no `toJSON` is called; it never throws.
 */
export const redact = <T>(value: T, rules: RedactionRules = {}): T => new Copy(rules).of(value, PLAIN, 0) as T;

class Copy {
  readonly #rules: RedactionRules;
  /** What is being copied around the present value: meeting it again is a cycle. */
  readonly #around = new Set<object>();

  constructor(rules: RedactionRules) {
    this.#rules = rules;
  }

  of(value: unknown, manner: Manner, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return textOf(value, manner);
      case 'number':
        return manner.all || knownSecrets.isNumber(value) ? REDACTED : value;
      case 'bigint':
        return textOf(String(value), manner);
      case 'object':
        return value === null ? null : this.#guarded(value, manner, depth);
      case 'function':
      case 'symbol':
        return marked(`[${typeof value}]`, manner);
      default:
        return value;
    }
  }

  #guarded(value: object, manner: Manner, depth: number): unknown {
    if (depth > DEEPEST) return marked('[too deep]', manner);
    if (this.#around.has(value)) return marked('[circular]', manner);
    this.#around.add(value);
    try {
      return this.#object(value, manner, depth + 1);
    } catch {
      return marked('[unreadable]', manner);
    } finally {
      this.#around.delete(value);
    }
  }

  #object(value: object, manner: Manner, depth: number): unknown {
    if (Array.isArray(value)) return value.map((item) => this.of(item, manner, depth));
    if (value instanceof Error) return this.#error(value, manner, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : textOf(value.toISOString(), manner);
    if (value instanceof URL) return textOf(value.href, manner);
    if (value instanceof Map) return this.#map(value, manner, depth);
    if (value instanceof Set) return Array.from(value, (item) => this.of(item, manner, depth));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return marked(`[${value.byteLength} bytes]`, manner);
    return this.#fields(value, Object.keys(value), manner, depth);
  }

  #fields(value: object, names: readonly string[], manner: Manner, depth: number): object {
    const copy: Record<string, unknown> = {};
    for (const name of names) {
      const field = Object.getOwnPropertyDescriptor(value, name);
      const told =
        field && 'value' in field
          ? this.of(field.value, this.#beneath(name, field.value, manner), depth)
          : marked('[getter]', manner);
      // Plain assignment would set the prototype.
      if (name === '__proto__') Object.defineProperty(copy, name, { value: told, enumerable: true });
      else copy[nameOf(name)] = told;
    }
    return copy;
  }

  #beneath(name: string, value: unknown, manner: Manner): Manner {
    if (manner.all) return manner;
    // A list of things that have to do with secrets (`secrets: [{ name, rotatedAt }]`) is looked at field by field.
    if (isSecretName(name)) return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? PLAIN : ALL;
    if (RANDOM_FIELDS.has(name) || this.#rules.randomFields?.has(name)) return RANDOM;
    if (OPAQUE_FIELDS.has(name)) return OPAQUE;
    return PERSON.test(name) ? PEOPLE : manner.random ? manner : PLAIN;
  }

  #error(error: Error, manner: Manner, depth: number): object {
    const own = Object.keys(error).filter((name) => !ERROR_PARTS.has(name));
    const { name, message, stack, cause } = error;
    return {
      name: this.of(name, manner, depth),
      message: this.of(message, manner, depth),
      ...(stack === undefined ? {} : { stack: this.of(stack, manner, depth) }),
      ...(cause === undefined ? {} : { cause: this.of(cause, manner, depth) }),
      ...(error instanceof AggregateError ? { errors: this.of(error.errors, manner, depth) } : {}),
      ...this.#fields(error, own, manner, depth),
    };
  }

  #map(map: ReadonlyMap<unknown, unknown>, manner: Manner, depth: number): object {
    const entries = Array.from(map, ([key, value]) => {
      const name = typeof key === 'string' ? key : String(this.of(key, PLAIN, depth));
      return [nameOf(name), this.of(value, this.#beneath(name, value, manner), depth)];
    });
    return Object.fromEntries(entries);
  }
}

const ERROR_PARTS: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** Short names are the rule, and hold nothing. */
const nameOf = (name: string): string => (name.length < 12 ? name : redactText(name));

/** An object of named fields, which stays one. */
const isRecord = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

const marked = (mark: string, { all }: Manner): string => (all ? REDACTED : mark);

function textOf(text: string, manner: Manner): string {
  if (manner.all) return text === '' ? '' : REDACTED;
  const told = redactText(text, manner);
  return manner.random ? redactRandom(told) : told;
}
