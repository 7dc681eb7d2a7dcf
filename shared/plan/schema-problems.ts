import type * as z from 'zod';
import { plan } from './plan.ts';
import { valueAt } from './plan-places.ts';
import { type Locate, nearest, type Path, type Problem, type ProblemCode, pathText, problem, quote } from './problem.ts';
import { descriptionAt, keysAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

/** How many problems are told in one go; more are counted. */
const SHOWN = 1000;
/** A component of an unknown kind, a check of an unknown type inside it. */
const REPAIRS = 2;

/**
 * What the schema has against a value, as sentences. A kind that is only misspelt is read as the nearest one,
 * so that what is wrong inside it is told in the same go.
 */
export function schemaProblems(value: unknown, locate: Locate): Problem[] {
  let read = value;
  let issues = issuesOf(read);
  const found = issues.slice(0, SHOWN + 1).flatMap((issue) => toProblems(issue, read, locate));
  for (let pass = 0; pass < REPAIRS; pass += 1) {
    const repairs = repairsOf(issues, read);
    if (repairs.size === 0) break;
    read = repaired(read, [...repairs.values()]);
    const inRepaired = (path: Path) => path.some((_, index) => repairs.has(JSON.stringify(path.slice(0, index + 1))));
    issues = issuesOf(read).filter((issue) => inRepaired(pathOf(issue)));
    const current = read;
    found.push(...issues.slice(0, SHOWN + 1).flatMap((issue) => toProblems(issue, current, locate)));
  }
  return found;
}

/** The first problems in the order of the file; what is left out is counted. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const sorted = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  if (sorted.length <= SHOWN) return sorted;
  const message = `The plan has more problems; these are the first ${SHOWN}. Correct them and look again.`;
  const { line = 1, column = 1 } = sorted[SHOWN] ?? {};
  return [...sorted.slice(0, SHOWN), problem('TOO_MANY_PROBLEMS', [], message, { position: { line, column } })];
}

const issuesOf = (value: unknown): readonly Issue[] => plan.safeParse(value).error?.issues ?? [];
const pathOf = (issue: Issue): Path => issue.path.map((step) => (typeof step === 'number' ? step : String(step)));

/** The kinds of which a component or a check must be one, where that is what the issue is about. */
function optionsOf(issue: Issue): string[] {
  return issue.code === 'invalid_union' && 'options' in issue ? (issue.options ?? []).map(String) : [];
}

interface Repair {
  readonly path: Path;
  readonly kind: string;
}

/** The misspelt kinds among the issues, by the path of what is of that kind. */
function repairsOf(issues: readonly Issue[], value: unknown): Map<string, Repair> {
  const repairs = new Map<string, Repair>();
  for (const issue of issues) {
    const path = pathOf(issue);
    const given = valueAt(value, path);
    const kind = suggest(given, optionsOf(issue));
    if (kind !== undefined) repairs.set(JSON.stringify(path.slice(0, -1)), { path, kind });
  }
  return repairs;
}

function repaired(value: unknown, repairs: readonly Repair[]): unknown {
  const copy = structuredClone(value);
  for (const { path, kind } of repairs) {
    const owner = valueAt(copy, path.slice(0, -1)) as Record<string, unknown>;
    owner[String(path.at(-1))] = kind;
  }
  return copy;
}

function toProblems(issue: Issue, value: unknown, locate: Locate): Problem[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], value, locate));
  const given = valueAt(value, path);
  if (given === undefined) return [missingKey(path, issue, value, locate)];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const fitting = issue.errors.find((errors) => !errors.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
    if (fitting) return fitting.flatMap((inner) => toProblems({ ...inner, path: [...issue.path, ...inner.path] }, value, locate));
  }
  const { code, must, suggestion } = judge(issue, given, path);
  const shown = typeof given === 'string' ? `; it is ${quote(given)}` : '';
  return [problem(code, path, `${subject(path)} ${must}${shown}.`, { suggestion, position: locate(path) })];
}

interface Judgement {
  readonly code: ProblemCode;
  /** The rest of the sentence: "must be ...". */
  readonly must: string;
  readonly suggestion?: string | undefined;
}

function judge(issue: Issue, given: unknown, path: Path): Judgement {
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'WRONG_TYPE', must: `${mustBe(issue)}, not ${typeName(given)}`, suggestion: withUnit(issue, given) };
    case 'invalid_union': {
      const options = optionsOf(issue);
      if (options.length === 0) return { code: 'WRONG_TYPE', must: `must be a whole number or a list, not ${typeName(given)}` };
      return { code: 'UNKNOWN_KIND', must: oneOf(options), suggestion: suggest(given, options) };
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      return { code: 'UNKNOWN_VALUE', must: oneOf(values), suggestion: suggest(given, values) };
    }
    case 'invalid_format':
      return { code: 'BAD_FORMAT', must: issue.message, suggestion: path.at(-1) === 'name' ? asName(String(given)) : undefined };
    case 'too_small':
      return limit(issue.origin, `at least ${issue.minimum}`, 'TOO_FEW');
    case 'too_big':
      return limit(issue.origin, `at most ${issue.maximum}`, 'TOO_MANY');
    default: {
      const code = issue.code === 'custom' ? issue.params?.['code'] : undefined;
      return { code: code ?? 'BAD_FORMAT', must: issue.message };
    }
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping of keys to values',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
};

function mustBe(issue: z.core.$ZodIssueInvalidType): string {
  return issue.message.startsWith('must') ? issue.message : `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
}

function typeName(given: unknown): string {
  if (given === null) return 'empty';
  if (typeof given === 'number') return `the number ${given}`;
  if (typeof given === 'boolean') return `${given}`;
  return TYPE_WORDS[Array.isArray(given) ? 'array' : typeof given] ?? typeof given;
}

function limit(origin: string, bound: string, listCode: ProblemCode): Judgement {
  if (origin === 'array') return { code: listCode, must: `must hold ${bound}` };
  return { code: 'OUT_OF_RANGE', must: origin === 'string' ? `must have ${bound} characters` : `must be ${bound}` };
}

const oneOf = (values: readonly string[]) =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
const suggest = (given: unknown, values: readonly string[]) => (typeof given === 'string' ? nearest(given, values) : undefined);
const subject = (path: Path) => (path.length === 0 ? 'The plan' : pathText(path));

/** A number where a duration or a share is wanted lacks its unit. */
function withUnit(issue: Issue, given: unknown): string | undefined {
  if (typeof given !== 'number' || given < 0) return undefined;
  if (issue.message.includes('duration')) return `${given}ms`;
  return issue.message.includes('percentage') ? `${given}%` : undefined;
}

/** The nearest valid name: lower case, with - for everything else. */
function asName(given: string): string | undefined {
  const name = given
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 49)
    .replace(/^-|-$/g, '')
    .slice(0, 48)
    .replace(/-$/, '');
  return name === '' ? undefined : name;
}

function unknownKey(path: Path, value: unknown, locate: Locate): Problem {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  const known = keysAt(value, owner);
  const suggestion = nearest(
    key,
    known.filter((name) => valueAt(value, [...owner, name]) === undefined),
  );
  const hint = suggestion === undefined ? ` It takes ${known.join(', ')}.` : '';
  const message = `${quote(key)} is not a key of ${ownerText(owner, value)}.${hint}`;
  return problem('UNKNOWN_KEY', path, message, { suggestion, position: locate(path, 'key') });
}

function missingKey(path: Path, issue: Issue, value: unknown, locate: Locate): Problem {
  const owner = path.slice(0, -1);
  const what = descriptionAt(value, path);
  const options = optionsOf(issue);
  const hint = options.length > 0 ? oneOf(options) : (what ?? 'add it');
  const message = `${ownerText(owner, value)} needs the key ${quote(String(path.at(-1)))}: ${hint}`;
  return problem(
    'MISSING_KEY',
    path,
    `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`,
    {
      position: locate(owner),
    },
  );
}

/** What holds the keys at a path: "a plan", "a phase", "a batch component", "a data check", "phases[0].components[1].retry". */
function ownerText(path: Path, value: unknown): string {
  if (path.length === 0) return 'a plan';
  const list = path.at(-2);
  if (typeof path.at(-1) === 'number') {
    if (list === 'phases') return 'a phase';
    const kind = valueAt(value, [...path, list === 'components' ? 'kind' : 'type']);
    const article = typeof kind === 'string' ? `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}` : 'a';
    if (list === 'components') return `${article} component`;
    if (list === 'checks' || list === 'validate') return `${article} check`;
  }
  return pathText(path);
}
