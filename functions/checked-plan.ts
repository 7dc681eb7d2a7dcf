import { PlanInvalidError } from '../shared/api/api-errors.ts';
import type { PlanDocument } from '../shared/api/plan-document.ts';
import { environmentOf } from '../shared/plan/locks.ts';
import { type ParsedPlan, parsePlan, parsePlanObject } from '../shared/plan/parse-plan.ts';
import type { Plan } from '../shared/plan/plan.ts';
import type { Problem } from '../shared/plan/problem.ts';
import { checkReferences, type PlanFacts, type Reference, referencesOf, type SecretFact } from '../shared/plan/references.ts';
import { loadSettings } from '../shared/secrets/rotation/change-settings.ts';
import type { Deps } from './deps.ts';
import { loadPlan } from './plans.ts';

export interface PlanSource {
  readonly plan: PlanDocument;
  readonly baseDir?: string | undefined;
}

export interface CheckedPlan {
  readonly plan: Plan;
  readonly digest: string;
  readonly facts: PlanFacts;
}

/** Everything that is wrong with a plan, what it names outside itself included; or the plan with what is known of that. */
export async function checkPlan(
  deps: Deps,
  source: PlanSource,
): Promise<CheckedPlan | { readonly problems: readonly Problem[] }> {
  const parsed = read(source.plan);
  const environment = parsed.ok ? environmentOf(parsed.plan) : undefined;
  const facts = await factsOf(deps, source.baseDir, parsed.references, environment);
  const unknown = checkReferences(parsed.references, facts, parsed.locate);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...unknown];
  return parsed.ok && problems.length === 0 ? { plan: parsed.plan, digest: parsed.digest, facts } : { problems };
}

/** The plan, or PlanInvalidError. */
export async function requirePlan(deps: Deps, source: PlanSource): Promise<CheckedPlan> {
  const checked = await checkPlan(deps, source);
  if ('problems' in checked) throw new PlanInvalidError(checked.problems);
  return checked;
}

/** Where a run of the plan would act; nowhere, where the plan cannot be run as it is. */
export function environmentsOfPlan(document: PlanDocument): readonly string[] {
  const parsed = read(document);
  return parsed.ok ? [environmentOf(parsed.plan)] : [];
}

/** A plan that was stored: of what it names outside itself something may be gone since. Throws PlanInvalidError. */
export async function requireStored(deps: Deps, digest: string, baseDir: string | undefined): Promise<CheckedPlan> {
  const plan = await loadPlan(deps.artefacts, digest);
  const references = referencesOf(plan);
  const facts = await factsOf(deps, baseDir, references, environmentOf(plan));
  const problems = checkReferences(references, facts);
  if (problems.length > 0) throw new PlanInvalidError(problems);
  return { plan, digest, facts };
}

const read = (document: PlanDocument): ParsedPlan =>
  'text' in document
    ? parsePlan(document.text, { format: document.format, file: document.file })
    : parsePlanObject(document.value);

/** Without an environment nothing is known of secrets: each belongs to one. */
async function factsOf(
  deps: Deps,
  baseDir: string | undefined,
  references: readonly Reference[],
  environment: string | undefined,
): Promise<PlanFacts> {
  const tables = [...new Set(references.flatMap(({ to, name }) => (to === 'table' ? [name] : [])))];
  const [shapes, others, secrets, code] = await Promise.all([
    Promise.all(tables.map(async (name) => ({ name, shape: await deps.tables.shape(name) }))),
    tables.length === 0 ? [] : deps.tables.names(),
    Promise.all(
      environment === undefined
        ? []
        : references.flatMap((one) => (one.to === 'secret' ? [secretFact(deps, one.name, environment)] : [])),
    ),
    deps.code.facts(
      baseDir,
      references.filter(({ to }) => to !== 'table' && to !== 'secret'),
    ),
  ]);
  const exist = shapes.flatMap(({ name, shape }) => (shape === undefined ? [] : [name]));
  return { ...code, tables: new Set([...exist, ...others]), secrets: new Map(secrets) };
}

async function secretFact({ store }: Deps, name: string, environment: string): Promise<[string, SecretFact | undefined]> {
  const found = await loadSettings({ store }, name);
  return [name, found?.environment === environment ? { system: found.system, every: found.every } : undefined];
}
