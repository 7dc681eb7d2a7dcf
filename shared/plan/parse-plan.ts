import { migrationProblems } from './migration-problems.ts';
import { readPlain } from './plain-value.ts';
import { type Plan, plan as planSchema } from './plan.ts';
import { planDigest } from './plan-digest.ts';
import { type Locate, type Problem, problem } from './problem.ts';
import { type Reference, referencesOf } from './references.ts';
import { requirementProblems } from './requirement-problems.ts';
import { inFileOrder, schemaProblems } from './schema-problems.ts';
import { readSource } from './source-document.ts';
import { structureProblems } from './structure-problems.ts';

export interface ParseOptions {
  /** `auto`, the default, takes a file called .json as JSON and everything else as YAML. */
  readonly format?: 'yaml' | 'json' | 'auto';
  /** The file's name, for `auto`. */
  readonly file?: string;
}

interface Parsed {
  /** What the plan names outside itself, so that it can be checked along with the rest (see checkReferences). */
  readonly references: readonly Reference[];
  readonly locate: Locate;
}

/** A plan with the defaults filled in, or everything that is wrong with it, in the order of the file. */
export type ParsedPlan =
  | (Parsed & { readonly ok: true; readonly plan: Plan; readonly digest: string })
  | (Parsed & { readonly ok: false; readonly problems: readonly Problem[] });

/** Reads a plan from YAML or JSON text. Never throws. */
export function parsePlan(text: string, { format = 'auto', file = '' }: ParseOptions = {}): ParsedPlan {
  const isJson = format === 'json' || (format === 'auto' && file.toLowerCase().endsWith('.json'));
  const { value, problems, locate } = readSource(text, isJson ? 'json' : 'yaml');
  return conclude(value, problems, locate);
}

/** Reads a plan from a value, such as the default export of a TypeScript plan. Problems have paths and no lines. Never throws. */
export function parsePlanObject(input: unknown): ParsedPlan {
  const { value, problems } = readPlain(input);
  if (value === undefined && problems.length === 0) {
    const empty = problem('EMPTY_PLAN', [], 'There is no plan. Export one: export default definePlan({ ... })');
    return conclude(undefined, [empty], () => undefined);
  }
  return conclude(value, problems, () => undefined);
}

function conclude(value: unknown, found: readonly Problem[], locate: Locate): ParsedPlan {
  const references = referencesOf(value);
  // After a syntax error what was read is a guess; where a value could not be read, the schema has nothing to add.
  const unreadable = new Set(found.map(({ path }) => JSON.stringify(path)));
  const contentProblems = () =>
    [
      ...schemaProblems(value, locate),
      ...structureProblems(value, locate),
      ...requirementProblems(value, locate),
      ...migrationProblems(value, locate),
    ].filter(({ path }) => !unreadable.has(JSON.stringify(path)));
  const all =
    value === undefined || found.some(({ code }) => code === 'SYNTAX' || code === 'NOT_JSON')
      ? found
      : [...found, ...contentProblems()];
  if (all.length > 0) return { ok: false, problems: inFileOrder(all), references, locate };
  const plan = planSchema.parse(value);
  return { ok: true, plan, digest: planDigest(plan), references, locate };
}
