import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { canonicalNumber, canonicalRecord, LOST, tagOf } from '../../shared/ports/canonical-record.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { DataRecord } from '../../shared/ports/tables.ts';

export type Attributes = Record<string, AttributeValue>;

type ValueMap = { readonly [name: string]: Value };

/** A record in DynamoDB's types. Lossless both ways, as `canonicalRecord` describes; the hot path of a migration. */
export const toAttributes = (record: DataRecord): Attributes => {
  const attributes: Attributes = {};
  for (const name in record) {
    if (name === LOST) canonicalRecord(record);
    const value = record[name];
    if (value !== undefined) attributes[name] = toAttribute(value);
  }
  return attributes;
};

/** A record in canonical form. */
export const toRecord = (attributes: Attributes): DataRecord => {
  const record: Record<string, Value> = {};
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute !== undefined) assign(record, name, toValue(attribute));
  }
  return record;
};

const toAttribute = (value: Value): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object')
    return tagOf(value as ValueMap) === undefined ? { M: toAttributes(value as ValueMap) } : tagged(value);
  // Says what is wrong with it; nothing that is no JSON value gets through.
  canonicalRecord({ value });
  throw new TypeError(`No attribute can hold a ${typeof value}.`);
};

const tagged = (value: Value): AttributeValue => {
  const checked = canonicalRecord({ value })['value'];
  if (typeof checked === 'number') return { N: String(checked) };
  const { $number, $binary, $set, $map } = checked as {
    $number?: string;
    $binary?: string;
    $set?: readonly Value[];
    $map?: ValueMap;
  };
  if ($number !== undefined) return { N: $number };
  if ($binary !== undefined) return { B: Buffer.from($binary, 'base64') };
  if ($map !== undefined) return { M: toAttributes($map) };
  return setOf(($set ?? []).map(toAttribute));
};

const setOf = (elements: readonly AttributeValue[]): AttributeValue => {
  const [first] = elements;
  if (first?.S !== undefined) return { SS: elements.map((element) => element.S ?? '') };
  if (first?.N !== undefined) return { NS: elements.map((element) => element.N ?? '') };
  return { BS: elements.map((element) => element.B ?? new Uint8Array()) };
};

const toValue = (attribute: AttributeValue): Value => {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return canonicalNumber(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.NULL !== undefined) return null;
  if (attribute.L !== undefined) return attribute.L.map(toValue);
  if (attribute.M !== undefined) {
    const map = toRecord(attribute.M);
    return tagOf(map) === undefined ? map : { $map: map };
  }
  if (attribute.B !== undefined) return { $binary: base64(attribute.B) };
  const elements =
    attribute.SS ?? attribute.NS?.map(canonicalNumber) ?? attribute.BS?.map((bytes) => ({ $binary: base64(bytes) }));
  return canonicalRecord({ set: { $set: elements ?? [] } })['set'] ?? null;
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** An own property also where the name is `__proto__`, which plain assignment would take for something else. */
const assign = <T>(target: Record<string, T>, name: string, value: T): void => {
  if (name === LOST) Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
};
