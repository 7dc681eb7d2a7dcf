import { closestMatch } from 'leven';
import { FORBIDDEN_KEYS, isUnprintable } from '../notation/names.ts';

/** Stable names of what can be wrong with a plan. */
export const PROBLEM_CODES = [
  'ALIAS_BOMB',
  'ALIAS_LOOP',
  'BAD_EXPRESSION',
  'BAD_FORMAT',
  'BAD_TEXT',
  'BAD_ZONE',
  'CYCLE',
  'DUPLICATE_KEY',
  'DUPLICATE_NAME',
  'EMPTY_PLAN',
  'FORBIDDEN_KEY',
  'INVALID_NUMBER',
  'MERGE_KEY',
  'MISSING_KEY',
  'MISSING_METHOD',
  'MULTIPLE_DOCUMENTS',
  'NO_WAY_BACK',
  'NOT_JSON',
  'NOT_RISING',
  'OUT_OF_RANGE',
  'SAME_TABLE',
  'SYNTAX',
  'TOO_DEEP',
  'TOO_FEW',
  'TOO_LARGE',
  'TOO_MANY',
  'TOO_MANY_PROBLEMS',
  'UNKNOWN_ALIAS',
  'UNKNOWN_FUNCTION',
  'UNKNOWN_KEY',
  'UNKNOWN_KIND',
  'UNKNOWN_PHASE',
  'UNKNOWN_ROLLOUT',
  'UNKNOWN_SECRET',
  'UNKNOWN_TABLE',
  'UNKNOWN_VALUE',
  'UNSUPPORTED_TAG',
  'UNSUPPORTED_YAML',
  'WRONG_TYPE',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export type Path = readonly (string | number)[];

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a plan: the message says what, why and what to do. */
export interface Problem extends Partial<Position> {
  readonly code: ProblemCode;
  readonly message: string;
  readonly path: Path;
  /** What was probably meant, ready to be put in its place. */
  readonly suggestion?: string;
}

/** Where a part of the plan stands in its file; undefined for plans that have no text. */
export type Locate = (path: Path, part?: 'key' | 'value') => Position | undefined;

export interface ProblemDetails {
  readonly suggestion?: string | undefined;
  readonly position?: Position | undefined;
}

export function problem(code: ProblemCode, path: Path, message: string, details: ProblemDetails = {}): Problem {
  return {
    code,
    message: details.suggestion === undefined ? message : `${message} Did you mean ${quote(details.suggestion)}?`,
    path,
    ...(details.suggestion === undefined ? {} : { suggestion: details.suggestion }),
    ...details.position,
  };
}

/** The candidate that was probably meant: two edits away, or a third of a long word; undefined where none is. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined;
  const maxDistance = word.length < 3 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const close = [...candidates].filter((candidate) => Math.abs(candidate.length - word.length) <= maxDistance);
  const best = closestMatch(
    word.toLowerCase(),
    close.map((candidate) => candidate.toLowerCase()),
    { maxDistance },
  );
  return close.find((candidate) => candidate.toLowerCase() === best);
}

/** Text of a plan as it may be shown on a terminal: quoted, escaped and cut. */
export function quote(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(cut).replace(/[^\n\t]/gu, (char) =>
    isUnprintable(char) ? `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}` : char,
  );
}

/** `["phases", 0, "name"]` as `phases[0].name`, as one reads it in the file. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w$-]{1,100}$/.test(part)) return `${text}[${quote(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

export function forbiddenKey(key: string, path: Path, position?: Position): Problem | undefined {
  if (FORBIDDEN_KEYS.has(key)) {
    const message = `${quote(key)} must not be a key: it would reach the prototype of an object. Rename it.`;
    return problem('FORBIDDEN_KEY', path, message, { position });
  }
  if (isUnprintable(key)) {
    return problem('BAD_TEXT', path, `The key ${quote(key)} holds control characters. Remove them.`, { position });
  }
  return undefined;
}
