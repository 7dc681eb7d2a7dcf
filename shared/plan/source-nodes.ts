import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { forbiddenKey, type Path, type Position, type Problem, problem, quote } from './problem.ts';

/** How deep a plan may be nested, aliases followed. */
export const MAX_DEPTH = 64;
/** How many values the aliases of a plan may add in all. */
const MAX_ALIASED = 10_000;

/** What a node became: its data, how many values it holds and how deep it is. */
interface Read {
  readonly value: unknown;
  readonly size: number;
  readonly height: number;
}

export interface Nodes {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** What each alias stands for. */
  readonly anchors: ReadonlyMap<Alias, Node>;
}

/**
 * The nodes of a document as plain data. Anchored nodes are read once and shared, so an alias costs nothing;
 * what all aliases would add when written out is counted, and bounded.
 */
export function readNodes(document: Document.Parsed, at: (offset: number) => Position): Nodes {
  const reader = new NodeReader(at);
  const { value } = reader.read(document.contents, []);
  return { value, problems: reader.problems, anchors: reader.anchors };
}

const NOTHING: Read = { value: null, size: 1, height: 0 };

class NodeReader {
  readonly problems: Problem[] = [];
  readonly anchors = new Map<Alias, Node>();
  readonly #at: (offset: number) => Position;
  readonly #named = new Map<string, { node: Node; read?: Read }>();
  #aliased = 0;

  constructor(at: (offset: number) => Position) {
    this.#at = at;
  }

  read(node: unknown, path: Path): Read {
    if (isAlias(node)) return this.#alias(node, path);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return NOTHING;
    if (node.tag !== undefined) this.#untag(node, path);
    const anchored: { node: Node; read?: Read } = { node };
    if (node.anchor) this.#named.set(node.anchor, anchored);
    anchored.read = isScalar(node) ? this.#scalar(node, path) : isMap(node) ? this.#map(node, path) : this.#list(node, path);
    return anchored.read;
  }

  #report(node: Node, ...[code, path, message, suggestion]: [Problem['code'], Path, string, string?]): void {
    this.problems.push(problem(code, path, message, { suggestion, position: this.#at(node.range?.[0] ?? 0) }));
  }

  #untag(node: Node & { tag?: string }, path: Path): void {
    this.#report(
      node,
      'UNSUPPORTED_TAG',
      path,
      `The tag ${quote(node.tag ?? '')} is not read: a plan holds plain data only. Remove the tag.`,
    );
  }

  #alias(alias: Alias, path: Path): Read {
    const anchored = this.#named.get(alias.source);
    if (anchored === undefined) {
      this.#report(alias, 'UNKNOWN_ALIAS', path, `No anchor &${alias.source} stands above the alias *${alias.source}.`);
      return NOTHING;
    }
    if (anchored.read === undefined) {
      this.#report(
        alias,
        'ALIAS_LOOP',
        path,
        `The alias *${alias.source} stands inside what it names, so it has no end. Write the value out.`,
      );
      return NOTHING;
    }
    this.anchors.set(alias, anchored.node);
    const before = this.#aliased;
    this.#aliased += anchored.read.size;
    if (this.#aliased <= MAX_ALIASED && path.length + anchored.read.height <= MAX_DEPTH) return anchored.read;
    if (before <= MAX_ALIASED) {
      this.#report(
        alias,
        'ALIAS_BOMB',
        path,
        `The aliases of the plan add more than ${MAX_ALIASED} values or ${MAX_DEPTH} levels. Use fewer.`,
      );
    }
    return NOTHING;
  }

  #scalar(node: Scalar, path: Path): Read {
    const { value, source } = node;
    if (typeof value !== 'number') return { ...NOTHING, value };
    if (!Number.isFinite(value)) {
      this.#report(
        node,
        'INVALID_NUMBER',
        path,
        `${quote(source ?? String(value))} is not a number that JSON can hold. Write a finite one.`,
      );
      return { ...NOTHING, value: 0 };
    }
    if (!Number.isSafeInteger(value) && /^[-+]?(?:\d+|0x[\da-f]+|0o[0-7]+)$/i.test(source ?? '')) {
      const message = `${quote(source ?? String(value))} has more digits than a number keeps. Put it into quotes, as text.`;
      this.#report(node, 'INVALID_NUMBER', path, message);
    }
    return { ...NOTHING, value };
  }

  #list(node: YAMLSeq, path: Path): Read {
    return this.#collect(
      node.items.map((item, index) => [String(index), this.read(item, [...path, index])]),
      (entries) => entries.map(([, value]) => value),
    );
  }

  #map(node: YAMLMap, path: Path): Read {
    const entries = new Map<string, Read>();
    for (const pair of node.items) {
      const key = this.#key(pair, node, path);
      if (key === undefined) continue;
      const keyNode = pair.key as Node;
      const here = [...path, key];
      const refused = forbiddenKey(key, here, this.#at(keyNode.range?.[0] ?? 0));
      if (refused !== undefined) this.problems.push(refused);
      else if (entries.has(key))
        this.#report(keyNode, 'DUPLICATE_KEY', here, `The key ${quote(key)} stands here a second time. Remove one of the two.`);
      else entries.set(key, this.read(pair.value, here));
    }
    return this.#collect([...entries], Object.fromEntries);
  }

  /** The text of a pair's key; undefined, and reported, where it is none. */
  #key(pair: Pair, map: YAMLMap, path: Path): string | undefined {
    const { key } = pair;
    if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
      const node = isScalar(key) || isAlias(key) || isMap(key) || isSeq(key) ? key : map;
      this.#report(
        node,
        'WRONG_TYPE',
        path,
        'A key must be plain text. Look for a missing key before the colon, or quote the key.',
      );
      return undefined;
    }
    if (key.tag !== undefined) this.#untag(key, path);
    if (key.anchor) this.#named.set(key.anchor, { node: key, read: this.#scalar(key, path) });
    if (key.value === '<<') {
      this.#report(
        key,
        'MERGE_KEY',
        [...path, '<<'],
        'Merge keys are not part of YAML 1.2. Write the keys out, or let an alias stand for the whole value.',
      );
      return undefined;
    }
    return String(key.source ?? key.value);
  }

  #collect(entries: readonly (readonly [string, Read])[], build: (entries: (readonly [string, unknown])[]) => unknown): Read {
    let size = 1;
    let height = 0;
    for (const [, read] of entries) {
      size += read.size;
      height = Math.max(height, read.height + 1);
    }
    return { value: build(entries.map(([key, read]) => [key, read.value])), size, height };
  }
}
