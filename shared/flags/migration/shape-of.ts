const DEEPEST = 6;
const WIDEST = 20;

/** A value without what it says: texts and numbers become their kind and size. Mappings keep their keys, and lists their first items. */
export function shapeOf(value: unknown, depth = 0): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'string') return `text of ${value.length}`;
  if (typeof value !== 'object') return typeof value;
  if (depth >= DEEPEST) return Array.isArray(value) ? `list of ${value.length}` : 'mapping';
  if (Array.isArray(value)) return value.slice(0, WIDEST).map((item) => shapeOf(item, depth + 1));
  const entries = Object.entries(value).slice(0, WIDEST);
  return Object.fromEntries(entries.map(([key, item]) => [key, shapeOf(item, depth + 1)]));
}
