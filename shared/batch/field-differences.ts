import { isDeepStrictEqual } from 'node:util';
import type { DataRecord } from '../ports/tables.ts';
import type { Mismatch } from './batch-progress.ts';

/** Each attribute in which two records differ, with both sides; an absent side is left out. */
export function fieldDifferences(expected: DataRecord, actual: DataRecord): Mismatch['fields'] {
  const fields: Record<string, Mismatch['fields'][string]> = {};
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [should, is] = [expected[name], actual[name]];
    if (isDeepStrictEqual(should, is)) continue;
    fields[name] = {
      ...(should === undefined ? {} : { expected: json(should) }),
      ...(is === undefined ? {} : { actual: json(is) }),
    };
  }
  return fields;
}

const json = (value: DataRecord[string]): NonNullable<Mismatch['fields'][string]['expected']> =>
  value as NonNullable<Mismatch['fields'][string]['expected']>;
