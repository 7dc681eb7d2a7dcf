import type { Value } from '../../shared/ports/store.ts';

/** Bytes of a record as DynamoDB counts them: UTF-8 names and values, about two digits of a number a byte, 3 and 1 for nesting. */
export const itemBytes = (item: { readonly [name: string]: Value }): number =>
  Object.entries(item).reduce((total, [name, value]) => total + Buffer.byteLength(name) + valueBytes(value), 0);

const valueBytes = (value: Value): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return 1 + Math.ceil(String(Math.abs(value)).replace('.', '').length / 2);
  if (value === null || typeof value === 'boolean') return 1;
  if (Array.isArray(value)) return value.reduce((total: number, element: Value) => total + 1 + valueBytes(element), 3);
  return (
    3 + Object.entries(value).reduce((total, [name, element]) => total + 1 + Buffer.byteLength(name) + valueBytes(element), 0)
  );
};
