import type { Value } from '../../../shared/ports/store.ts';
import { type CheckContext, checkState } from './check-state.ts';
import { type DefinitionProblem, isObject, type Json, Report } from './report.ts';

export type { DefinitionProblem } from './report.ts';

export interface ValidationOptions {
  readonly type?: 'STANDARD' | 'EXPRESS';
}

/** Every problem of a JSONata definition; none: the engine runs it. JSONPath definitions are refused. */
export function validateDefinition(
  definition: Value,
  { type = 'STANDARD' }: ValidationOptions = {},
): readonly DefinitionProblem[] {
  const report = new Report();
  if (!isObject(definition)) {
    report.add('', 'Definition must be a valid JSON object');
    return report.problems;
  }
  const language = definition['QueryLanguage'];
  if (language !== undefined && language !== 'JSONata') {
    report.add('/QueryLanguage', `Only JSONata definitions run here, and this one says '${String(language)}'`);
    return report.problems;
  }
  report.expectNumber(definition['TimeoutSeconds'], '/TimeoutSeconds', 1, false);
  checkProcessor(definition, '', { report, express: type === 'EXPRESS', jsonata: language === 'JSONata' });
  return report.problems;
}

/** A machine, a branch, or the body of a Map. */
function checkProcessor(processor: Json, location: string, context: CheckContext): void {
  const { report } = context;
  report.require(processor, ['States', 'StartAt'], location);
  const { States: states, StartAt: startAt } = processor;
  if (!isObject(states)) {
    if (states !== undefined) report.add(`${location}/States`, 'Expected value of type Object');
    return;
  }
  if (Object.keys(states).length === 0) report.add(`${location}/States`, 'Expected at least one state');
  if (startAt !== undefined && (typeof startAt !== 'string' || !Object.hasOwn(states, startAt))) {
    report.add(`${location}/StartAt`, `Value '${String(startAt)}' must be one of the states`);
  }
  for (const [name, state] of Object.entries(states)) checkNamed(name, state, states, location, context);
  if (typeof startAt === 'string') checkReach(startAt, states, location, report);
}

function checkNamed(name: string, state: Value, states: Json, location: string, context: CheckContext): void {
  const here = `${location}/States/${name}`;
  if (name.length > 80) context.report.add(here, 'A state name has at most 80 characters');
  if (!isObject(state)) context.report.add(here, 'Expected value of type Object');
  else checkState(state, here, states, context, (processor, where) => checkProcessor(processor, where, context));
}

function checkReach(startAt: string, states: Json, location: string, report: Report): void {
  const reached = new Set<string>();
  const queue = [startAt];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const state = states[name];
    if (reached.has(name) || !isObject(state)) continue;
    reached.add(name);
    queue.push(...targets(state));
  }
  for (const name of Object.keys(states)) {
    if (!reached.has(name))
      report.add(`${location}/States/${name}`, `MISSING_TRANSITION_TARGET: State "${name}" is not reachable.`);
  }
}

function targets(state: Json): string[] {
  const ways = [state, ...list(state['Choices']), ...list(state['Catch'])];
  return ways.flatMap((way) => [way['Next'], way['Default']]).filter((name) => typeof name === 'string');
}

function list(value: Value | undefined): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
