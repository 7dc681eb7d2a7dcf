import type * as z from 'zod';
import type { Path } from '../plan/problem.ts';
import { type CompiledFlag, compileFlag } from './compile-flag.ts';
import { type FlagDocument, flagDocument } from './flag-document.ts';
import { type FlagProblem, FlagProblems, probably } from './flag-problem.ts';
import { FlagSet } from './flag-set.ts';
import { inspectValue } from './inspect-value.ts';
import { OPERATORS } from './logic/operators.ts';
import { RuleCompiler, type RuleSetting } from './logic/rule-compiler.ts';

/** The longest text of a flag document that is read, in bytes of UTF-8. */
const MAX_FLAG_BYTES = 1_000_000;

export interface ReadOptions {
  /** Epoch ms, for rules that read `$flagd.timestamp`. */
  readonly now: () => number;
  /** What rules read as `environment` where a context does not say. */
  readonly environment?: string;
}

/** A document that can be used as a whole, or all that is wrong with it. */
export type FlagsRead =
  | { readonly ok: true; readonly document: FlagDocument; readonly flags: FlagSet }
  | { readonly ok: false; readonly problems: readonly FlagProblem[] };

/** Reads a flag document's JSON text. Never throws; the work is bounded whatever the text. */
export function readFlagText(text: string, options: ReadOptions): FlagsRead {
  const problems = new FlagProblems();
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FLAG_BYTES) {
    problems.add('TOO_LARGE', [], `has ${bytes} bytes; at most ${MAX_FLAG_BYTES} are read. Split it.`);
    return { ok: false, problems: problems.all() };
  }
  try {
    return readFlags(JSON.parse(text), options);
  } catch (error) {
    // Its words repeat the text, which may hold anything.
    const at = /at position \d+/.exec(error instanceof Error ? error.message : '')?.[0] ?? 'somewhere';
    problems.add('NOT_JSON', [], `is not valid JSON ${at}.`);
    return { ok: false, problems: problems.all() };
  }
}

/** Reads a flag document that is a value already. Never throws. */
export function readFlags(value: unknown, { now, environment }: ReadOptions): FlagsRead {
  const problems = new FlagProblems();
  if (!inspectValue(value, problems)) return { ok: false, problems: problems.all() };
  const shape = flagDocument.safeParse(value);
  if (!shape.success) {
    for (const issue of shape.error.issues) tell(issue, problems);
    return { ok: false, problems: problems.all() };
  }
  const document = shape.data;
  const setting: RuleSetting = {
    operators: OPERATORS,
    evaluators: document.$evaluators ?? {},
    problems,
    now,
    environment,
    spent: { parts: 0 },
  };
  const metadata = Object.freeze({ ...document.metadata });
  checkEvaluators(setting);
  const flags = new Map<string, CompiledFlag>();
  for (const [key, flag] of Object.entries(document.flags)) flags.set(key, compileFlag(key, flag, metadata, setting));
  if (problems.any) return { ok: false, problems: problems.all() };
  return { ok: true, document, flags: new FlagSet(flags, metadata) };
}

/** Those that no flag uses are held to the same rules. */
function checkEvaluators(setting: RuleSetting): void {
  for (const [name, logic] of Object.entries(setting.evaluators)) {
    new RuleCompiler('', setting).compile(logic, { path: ['$evaluators', name], depth: 0, loops: 0, refs: [name] });
  }
}

function tell(issue: z.core.$ZodIssue, problems: FlagProblems): void {
  const path: Path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? DOCUMENT_KEYS : FLAG_KEYS;
    for (const key of issue.keys) {
      const suggestion = probably(key, known);
      const hint = suggestion === undefined ? ` There are ${known.join(', ')}.` : '';
      problems.add('UNKNOWN_KEY', [...path, key], `is not known here.${hint}`, suggestion);
    }
    return;
  }
  if (issue.code === 'invalid_key') {
    problems.add('BAD_FORMAT', path, `has a bad key: it ${issue.issues[0]?.message ?? 'does not fit'}.`);
    return;
  }
  const fact = issue.message.startsWith('must') ? issue.message : `is of the wrong type (${issue.message})`;
  problems.add(issue.code === 'custom' ? 'BAD_FORMAT' : 'WRONG_TYPE', path, `${fact}.`);
}

const DOCUMENT_KEYS = ['flags', '$evaluators', 'metadata', '$schema'];
const FLAG_KEYS = ['state', 'variants', 'defaultVariant', 'targeting', 'metadata'];
