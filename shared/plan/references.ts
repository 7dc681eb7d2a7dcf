import { codeRef, secretName, tableName } from '../notation/names.ts';
import { duration, formatDuration } from '../notation/quantities.ts';
import type { TaskMethod, TaskShape } from '../ports/user-code.ts';
import { elements, valueAt } from './plan-places.ts';
import { type Locate, nearest, type Path, type Problem, problem, quote } from './problem.ts';

/** A place where a plan names something outside itself. */
export interface Reference {
  readonly to: 'table' | 'task' | 'transform' | 'check' | 'secret';
  /** The name of the table or secret; `./file.ts#export` or a Task's name. */
  readonly name: string;
  readonly path: Path;
  /** What the plan asks of a secret: for how long both its credentials are to be valid, ms. */
  readonly overlap?: number | undefined;
}

/** How a secret is rotated, as far as plans have to fit it. */
export interface SecretFact {
  readonly system: string;
  /** From one rotation to the next, ms. */
  readonly every?: number | undefined;
}

/** Why a function is not there, or what it tells of itself. */
export type FunctionFact = 'missing-file' | 'missing-export' | TaskShape;

/** What is known of the world when a plan is checked. What is undefined, or a function not in the map, is not checked. */
export interface PlanFacts {
  readonly tables?: ReadonlySet<string> | undefined;
  readonly functions?: ReadonlyMap<string, FunctionFact> | undefined;
  /** The exports of each file that a plan names, by its path as the plan writes it (`./file.ts`). */
  readonly exports?: ReadonlyMap<string, readonly string[]> | undefined;
  /** The files beside the plan (`./file.ts`), for suggestions. */
  readonly files?: readonly string[] | undefined;
  /** The secrets that the plan names; undefined: Slipway rotates none of that name in the environment. */
  readonly secrets?: ReadonlyMap<string, SecretFact | undefined> | undefined;
  /** The declared Tasks, for suggestions. */
  readonly tasks?: readonly string[] | undefined;
}

/** Everything outside itself that a plan names, in its order. Takes a plan or whatever could be read of one. */
export function referencesOf(plan: unknown): Reference[] {
  return elements(plan, ['phases']).flatMap((phase) => [
    ...elements(plan, [...phase, 'components']).flatMap((component) => [
      ...reference(plan, 'table', [...component, 'from', 'table']),
      ...reference(plan, 'table', [...component, 'to', 'table']),
      ...reference(plan, 'transform', [...component, 'transform', 'run']),
      ...reference(plan, 'task', [...component, 'run']),
      ...secretReference(plan, component),
      ...elements(plan, [...component, 'checks']).flatMap((check) => checkReferencesOf(plan, check)),
    ]),
    ...elements(plan, [...phase, 'validate']).flatMap((check) => checkReferencesOf(plan, check)),
  ]);
}

function checkReferencesOf(plan: unknown, check: Path): Reference[] {
  return [
    ...reference(plan, 'table', [...check, 'from']),
    ...reference(plan, 'table', [...check, 'to']),
    ...reference(plan, 'transform', [...check, 'transform']),
    ...reference(plan, 'check', [...check, 'run']),
  ];
}

function secretReference(plan: unknown, component: Path): Reference[] {
  const path = [...component, 'secretId'];
  const named = secretName.safeParse(valueAt(plan, path));
  if (valueAt(plan, [...component, 'kind']) !== 'rotate' || !named.success) return [];
  const overlap = valueAt(plan, [...component, 'overlap']);
  const ms = typeof overlap === 'number' ? overlap : duration.safeParse(overlap).data;
  return [{ to: 'secret', name: named.data, path, overlap: ms }];
}

/** What is no valid name is left out: the schema tells of it. */
function reference(plan: unknown, to: Reference['to'], path: Path): Reference[] {
  const parsed = (to === 'table' ? tableName : codeRef).safeParse(valueAt(plan, path));
  return parsed.success ? [{ to, name: parsed.data, path }] : [];
}

/** Tables, functions and secrets that a plan names and that are not there, or cannot do what is asked of them. */
export function checkReferences(references: readonly Reference[], facts: PlanFacts, locate: Locate = () => undefined): Problem[] {
  return references.flatMap((reference) => {
    const found = problemOf(reference, facts, locate);
    return found === undefined ? [] : [found];
  });
}

function problemOf(reference: Reference, facts: PlanFacts, locate: Locate): Problem | undefined {
  if (reference.to === 'table') return unknownTable(reference, facts, locate);
  return reference.to === 'secret' ? secretProblem(reference, facts, locate) : functionProblem(reference, facts, locate);
}

function secretProblem({ name, path, overlap = 0 }: Reference, { secrets }: PlanFacts, locate: Locate): Problem | undefined {
  if (!secrets?.has(name)) return undefined;
  const secret = secrets.get(name);
  if (!secret) {
    const message = `Slipway rotates no secret ${quote(name)} in this environment. Say how it is rotated: slipway secrets set ${name}`;
    return problem('UNKNOWN_SECRET', path, message, { position: locate(path) });
  }
  if (secret.every === undefined || overlap < secret.every) return undefined;
  const at = [...path.slice(0, -1), 'overlap'];
  const message = `${quote(name)} is rotated every ${formatDuration(secret.every)}: the old credential must be revoked before that.`;
  return problem('OUT_OF_RANGE', at, message, { position: locate(at) });
}

function unknownTable({ name, path }: Reference, { tables }: PlanFacts, locate: Locate): Problem | undefined {
  if (tables === undefined || tables.has(name)) return undefined;
  const message = `There is no table ${quote(name)}. Create it first.`;
  return problem('UNKNOWN_TABLE', path, message, { suggestion: nearest(name, tables), position: locate(path) });
}

function functionProblem(reference: Reference, facts: PlanFacts, locate: Locate): Problem | undefined {
  const { name, path } = reference;
  const fact = facts.functions?.get(name);
  if (fact === undefined) return undefined;
  const position = locate(path);
  if (typeof fact === 'string') return problem('UNKNOWN_FUNCTION', path, ...missing(name, fact, facts, position));
  const lacking = missingMethods(reference, fact);
  if (lacking.length === 0) return undefined;
  const why = lacking.includes('probe') && fact.methods.includes('forward') ? ' because its effect is probeable' : '';
  const message = `${quote(name)} needs ${lacking.join(' and ')}${why}. Add it with defineTask.`;
  return problem('MISSING_METHOD', path, message, { position });
}

function missing(
  name: string,
  fact: 'missing-file' | 'missing-export',
  facts: PlanFacts,
  position: ReturnType<Locate>,
): [string, { suggestion: string | undefined; position: ReturnType<Locate> }] {
  const [file = '', exported] = name.split('#');
  if (exported === undefined) {
    return [
      `No Task is called ${quote(name)}. Declare it, or name a file: ./file.ts#export.`,
      { suggestion: nearest(name, facts.tasks ?? []), position },
    ];
  }
  if (fact === 'missing-file') {
    const near = nearest(file, facts.files ?? []);
    return [`There is no file ${quote(file)} beside the plan.`, { suggestion: near && `${near}#${exported}`, position }];
  }
  const exports = facts.exports?.get(file) ?? [];
  const near = nearest(exported, exports);
  const known = near === undefined && exports.length > 0 ? ` It exports ${exports.map(quote).join(', ')}.` : '';
  return [`${quote(file)} does not export ${quote(exported)}.${known}`, { suggestion: near && `${file}#${near}`, position }];
}

function missingMethods({ to }: Reference, shape: TaskShape): TaskMethod[] {
  const needed: TaskMethod[] = to === 'task' && shape.effect === 'probeable' ? ['forward', 'probe'] : ['forward'];
  return needed.filter((method) => !shape.methods.includes(method));
}
