import { FORBIDDEN_KEYS, isUnprintable } from '../notation/names.ts';
import { type Path, quote } from '../plan/problem.ts';
import type { FlagProblems } from './flag-problem.ts';

/** Levels of lists and mappings: a hundred operators one in another are two hundred of them. */
const MAX_LEVELS = 250;
/** Values of a document, keys not counted. */
const MAX_VALUES = 2_000_000;
/** Steps of a path that are told: the rest of a deep one helps nobody. */
const TOLD = 6;

interface Visit {
  readonly value: unknown;
  readonly level: number;
  readonly key: string | number | undefined;
  readonly parent: Visit | undefined;
}

/**
 * Looks at every part of what claims to be JSON, without recursion: bounded depth and size (a cycle is too deep), finite numbers,
 * and no key that would reach a prototype. False: nothing else should be done with the value.
 */
export function inspectValue(root: unknown, problems: FlagProblems): boolean {
  const open: Visit[] = [{ value: root, level: 0, key: undefined, parent: undefined }];
  let values = 0;
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    values += 1;
    if (values > MAX_VALUES) {
      problems.add('TOO_LARGE', [], `holds more than ${MAX_VALUES} values. Split it.`);
      return false;
    }
    if (visit.level > MAX_LEVELS) {
      problems.add('TOO_DEEP', pathTo(visit).slice(0, 3), `is nested more than ${MAX_LEVELS} levels deep. Flatten it.`);
      return false;
    }
    inspectOne(visit, open, problems);
  }
  return !problems.any;
}

function inspectOne(visit: Visit, open: Visit[], problems: FlagProblems): void {
  const { value, level } = visit;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) problems.add('INVALID_NUMBER', pathTo(visit), `is ${value}. Write a finite number.`);
      return;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) {
        value.forEach((item, key) => {
          open.push({ value: item, level: level + 1, key, parent: visit });
        });
        return;
      }
      if (isPlain(value)) {
        inspectKeys(value, visit, open, problems);
        return;
      }
  }
  problems.add('WRONG_TYPE', pathTo(visit), 'is no JSON value. Use text, numbers, booleans, null, lists and mappings.');
}

function inspectKeys(value: object, visit: Visit, open: Visit[], problems: FlagProblems): void {
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) {
      problems.add(
        'FORBIDDEN_KEY',
        pathTo(visit),
        `holds the key ${quote(key)}, which reaches an object's prototype. Rename it.`,
      );
    } else if (isUnprintable(key)) {
      problems.add('FORBIDDEN_KEY', pathTo(visit), `holds the key ${quote(key)} with control characters. Remove them.`);
    }
    open.push({ value: item, level: visit.level + 1, key, parent: visit });
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function pathTo(visit: Visit): Path {
  const path: (string | number)[] = [];
  for (let at: Visit | undefined = visit; at?.key !== undefined; at = at.parent) path.unshift(at.key);
  return path.slice(0, TOLD);
}
