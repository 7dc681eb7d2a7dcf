import { isDeepStrictEqual } from 'node:util';
import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';
import type { Mismatch } from './batch-progress.ts';

/** Each attribute in which two records differ, with both sides; an absent side is left out, a long one cut. */
export function fieldDifferences(expected: DataRecord, actual: DataRecord): Mismatch['fields'] {
  const fields: Record<string, Mismatch['fields'][string]> = {};
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [should, is] = [expected[name], actual[name]];
    if (isDeepStrictEqual(should, is)) continue;
    fields[name] = {
      ...(should === undefined ? {} : { expected: json(readable(should)) }),
      ...(is === undefined ? {} : { actual: json(readable(is)) }),
    };
  }
  return fields;
}

/** Longer values are told by the beginning of their JSON. */
const LONGEST = 1000;

/** A value as far as a person reads it: records of DynamoDB may have 400 KB. */
export function readable(value: Value): Value {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : value;
}

const json = (value: Value): NonNullable<Mismatch['fields'][string]['expected']> =>
  value as NonNullable<Mismatch['fields'][string]['expected']>;
