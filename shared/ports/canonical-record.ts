import { StoreRejectedError } from '../errors/store-errors.ts';
import type { Value } from './store.ts';
import type { DataRecord } from './tables.ts';

/**
 * The one JSON form of a record. What JSON cannot hold is a map of a single tag:
 * - `{ $number: '12345678901234567890' }`: a number whose shortest JavaScript form is not its exact decimal value;
 * - `{ $binary: 'base64' }`; `{ $set: [...] }` of strings, numbers or binaries, sorted and without repeats;
 * - `{ $map: { $set: ... } }`: a map of the user's own that would read as a tag.
 * Throws StoreRejectedError for what no table can hold. Attributes that are undefined count as absent.
 */
export const canonicalRecord = (record: DataRecord): DataRecord => canonicalMap(record, '');

/** Neither the SDK nor the embedded store tells an attribute of this name from the prototype of the object that holds it. */
export const LOST = '__proto__';

const TAGS = new Set(['$number', '$binary', '$set', '$map']);

/** The tag of a map, undefined where it is a plain one. */
export const tagOf = (map: { readonly [name: string]: Value | undefined }): string | undefined => {
  let only: string | undefined;
  for (const name in map) {
    if (map[name] === undefined) continue;
    if (only !== undefined) return undefined;
    only = name;
  }
  return only !== undefined && TAGS.has(only) ? only : undefined;
};

/** A decimal number as text in its canonical form: a plain number where that loses nothing, else tagged. */
export const canonicalNumber = (text: string): Value => {
  const number = Number(text);
  if (String(number) === text) return number;
  const exact = decimal(text);
  const nearest = Number.isFinite(number) ? decimal(String(number)) : undefined;
  return nearest !== undefined && nearest === exact ? (number === 0 ? 0 : number) : { $number: exact };
};

const canonical = (value: Value, path: string): Value => {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused(path, `is ${value}`, 'Give a finite number, or leave the attribute out.');
    return value === 0 ? 0 : value;
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((element: Value, at) => canonical(element, `${path}[${at}]`));
  if (typeof value === 'object') {
    const map = value as { readonly [name: string]: Value };
    const tag = tagOf(map);
    return tag === undefined ? canonicalMap(map, path) : canonicalTag(tag, map[tag] ?? null, path);
  }
  throw refused(path, `is of the type ${typeof value}`, 'Return JSON values only.');
};

const canonicalMap = (map: { readonly [name: string]: Value }, path: string): { readonly [name: string]: Value } => {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const at = path === '' ? name : `${path}.${name}`;
      if (name === LOST) throw refused(at, 'has a name that is lost on the way', 'Give it another name.');
      return [name, canonical(value, at)];
    }),
  );
};

const canonicalTag = (tag: string, content: Value, path: string): Value => {
  if (tag === '$number' && typeof content === 'string' && DECIMAL.test(content)) return canonicalNumber(content);
  if (tag === '$binary' && typeof content === 'string' && BASE64.test(content)) return { $binary: content };
  if (tag === '$set' && Array.isArray(content)) return canonicalSet(content, path);
  if (tag === '$map' && isMap(content) && tagOf(content) !== undefined) return { $map: canonicalMap(content, path) };
  throw refused(path, `has no value that fits its tag ${tag}`, `Write a map of its own as { "$map": { "${tag}": ... } }.`);
};

const canonicalSet = (elements: readonly Value[], path: string): Value => {
  const unique = new Map(
    elements.map((element) => canonical(element, path)).map((element) => [JSON.stringify(element), element]),
  );
  const kinds = new Set([...unique.values()].map(elementKind));
  if (kinds.size !== 1 || kinds.has('other')) {
    throw refused(
      path,
      'is a set of nothing, or of mixed or nested values',
      'Sets hold strings, numbers or binaries of one kind.',
    );
  }
  return { $set: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, element]) => element) };
};

const elementKind = (element: Value): 'S' | 'N' | 'B' | 'other' => {
  if (typeof element === 'string') return 'S';
  if (typeof element === 'number') return 'N';
  const tag = isMap(element) ? tagOf(element) : undefined;
  if (tag === '$number') return 'N';
  return tag === '$binary' ? 'B' : 'other';
};

const isMap = (value: Value): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** Up to this many places from the point a number is written out. */
const PLAIN = 40;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `-1.23`, or `123e60` where it is far from the point: the same text for the same number. */
const decimal = (text: string): string => {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - kept.length;
  if (kept === '') return '0';
  if (Math.abs(power) > PLAIN) return `${sign}${kept}e${power}`;
  if (power >= 0) return sign + kept + '0'.repeat(power);
  const padded = kept.padStart(1 - power, '0');
  return `${sign}${padded.slice(0, power)}.${padded.slice(power)}`;
};

const refused = (path: string, fact: string, next: string): StoreRejectedError =>
  new StoreRejectedError(`The attribute '${path}' ${fact}.`, { next });
