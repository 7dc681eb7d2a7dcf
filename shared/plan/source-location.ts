import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Locate, Position } from './problem.ts';

/** Finds parts of a document by path. What does not stand in the text is found at the nearest part around it that does. */
export function locator(document: Document.Parsed, anchors: ReadonlyMap<Alias, Node>, at: (offset: number) => Position): Locate {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    const index = indexes.get(map) ?? indexByKey(map);
    indexes.set(map, index);
    return index.get(key);
  };
  return (path, part = 'value') => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      const inside = isAlias(node) ? anchors.get(node) : node;
      const pair = isMap(inside) ? pairOf(inside, String(step)) : undefined;
      node = pair?.value ?? (isSeq(inside) ? inside.items[Number(step)] : undefined);
      const key = startOf(pair?.key);
      const isBlank = isScalar(node) && node.value === null && !node.source;
      const wantsKey = isBlank || (part === 'key' && depth === path.length - 1);
      offset = (wantsKey ? (key ?? startOf(node)) : (startOf(node) ?? key)) ?? offset;
      if (node === undefined) break;
    }
    return at(offset);
  };
}

function indexByKey(map: YAMLMap): Map<string, Pair> {
  const index = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : undefined;
    if (key !== undefined && !index.has(key)) index.set(key, pair);
  }
  return index;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
