import type { Transform } from '../plan/define-task.ts';
import { canonicalRecord, tagOf } from '../ports/canonical-record.ts';
import type { RecordTransform, Transformed } from '../ports/record-transform.ts';
import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';
import { redactText } from '../redaction/redact-text.ts';
import { recordHash } from './checksum.ts';
import { keyOf, keyText } from './record-key.ts';

/** A record for the target, and the key of the source record that it was made from. */
export interface Produced {
  readonly record: DataRecord;
  readonly key: DataRecord;
  readonly keyText: string;
  readonly hash: string;
  readonly from: DataRecord;
}

/** A source record that could not be migrated. */
export interface Failure {
  readonly key: DataRecord;
  readonly error: string;
  /** Of the record that the store refused; absent where the transform failed. */
  readonly hash?: string;
}

export interface KeyNames {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

/** What the user's transform makes of each record, checked; or why that is nothing that the target can hold. */
export async function applyTransform(
  transform: RecordTransform,
  sources: readonly DataRecord[],
  keys: KeyNames,
): Promise<(readonly Produced[] | Failure)[]> {
  const from = sources.map((source) => keyOf(source, keys.source));
  const answers = await transform(sources);
  return from.map((key, at) => checked(answers[at] ?? { error: 'The transform did not answer.' }, key, keys.target));
}

function checked(answer: Transformed, from: DataRecord, keys: readonly string[]): readonly Produced[] | Failure {
  if ('error' in answer) return { key: from, error: answer.error };
  try {
    return answer.made.map((made) => produced(made, from, keys));
  } catch (error) {
    return { key: from, error: textOf(error) };
  }
}

/** Asks a transform for one record. Never throws. */
export function transformed(transform: Transform, record: DataRecord): Transformed {
  try {
    const answer: unknown = transform(record);
    const made: unknown[] = Array.isArray(answer) ? answer : [answer];
    // A promise is refused, so nobody waits for it; where it is rejected it must not end the process.
    for (const one of made) if (one instanceof Promise) one.catch(() => undefined);
    return { made };
  } catch (error) {
    return { error: textOf(error) };
  }
}

/** A transform of this process. */
export const inProcess =
  (transform: Transform): RecordTransform =>
  async (records) =>
    records.map((record) => transformed(transform, record));

/** The same answer in canonical form, which JSON loses nothing of; an error where it has none. */
export function canonicalAnswer(answer: Transformed): Transformed {
  if ('error' in answer) return answer;
  try {
    return { made: answer.made.map(recordOf) };
  } catch (error) {
    return { error: textOf(error) };
  }
}

/** As much of an error as is kept, however much of its record it quotes. */
const LONGEST = 2000;

/** Without secrets: it is kept with the record in quarantine. */
function textOf(error: unknown): string {
  const text = redactText(error instanceof Error ? error.message : String(error));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

export const failed = (result: readonly Produced[] | Failure): result is Failure => 'error' in result;

function produced(made: unknown, from: DataRecord, keys: readonly string[]): Produced {
  const record = recordOf(made);
  const missing = keys.find((name) => record[name] === undefined || record[name] === null);
  if (missing !== undefined) throw new TypeError(`The transform returned a record without the key attribute '${missing}'.`);
  return { record, from, key: keyOf(record, keys), keyText: keyText(record, keys), hash: recordHash(record) };
}

/** Throws for what is no record. */
function recordOf(made: unknown): DataRecord {
  if (!isPlainObject(made)) throw new TypeError(`The transform returned ${named(made)} instead of a record.`);
  return isCanonical(made, '') ? (made as DataRecord) : canonicalRecord(made as DataRecord);
}

/**
 * Whether a value is in canonical form as it stands, which nearly all are: copying each would cost more than looking. Throws for
 * objects of a class (a Date, a Map): they would lose what they hold without a word.
 */
function isCanonical(value: unknown, path: string): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (!Array.isArray(value) && !isPlainObject(value)) {
    throw new TypeError(`The attribute '${path}' is ${named(value)}: return JSON values only.`);
  }
  let canonical = Array.isArray(value) || tagOf(value as { readonly [name: string]: Value }) === undefined;
  for (const [name, inner] of Object.entries(value))
    canonical = isCanonical(inner, path === '' ? name : `${path}.${name}`) && canonical;
  return canonical;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function named(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' ? `an instance of ${value.constructor.name}` : `a ${typeof value}`;
}
