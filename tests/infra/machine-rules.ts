import validate from 'asl-validator';
import jsonata from 'jsonata';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import type { MachineSpec } from '../../statemachines/catalog.ts';

export interface MachineProblem {
  readonly machine: string;
  /** Empty for the machine as a whole. */
  readonly state: string;
  readonly message: string;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type State = { readonly [field: string]: Json };

/** What ASL's own schema does not ask for: see section 5 of the design. */
export function lintMachine(text: string, machine: MachineSpec, functions: readonly FunctionSpec[]): MachineProblem[] {
  const definition = JSON.parse(text) as State;
  const states = [...statesOf(definition)];
  const problem = (state: string) => (message: string) => ({ machine: machine.name, state, message });
  return [
    ...schemaProblems(definition).map(problem('')),
    ...(definition['QueryLanguage'] === 'JSONata' ? [] : [problem('')('is not in JSONata')]),
    ...nameProblems(text, machine, functions).map(problem('')),
    ...states.flatMap(([name, state]) => stateProblems(state, functions).map(problem(name))),
  ];
}

function schemaProblems(definition: State): string[] {
  const { errors } = validate(JSON.parse(JSON.stringify(definition)));
  return errors.map((error) => `${error['Error code']}: ${error.Message ?? JSON.stringify(error)}`);
}

function nameProblems(text: string, machine: MachineSpec, functions: readonly FunctionSpec[]): string[] {
  const named = [...text.matchAll(/\$\{(function|machine):([^}]*)\}/g)].map(([, kind = '', name = '']) => ({ kind, name }));
  const known = new Set(functions.map(({ name }) => name));
  const used = (kind: string) => new Set(named.filter((one) => one.kind === kind).map(({ name }) => name));
  return [
    ...[...used('function')]
      .filter((name) => !known.has(name))
      .map((name) => `names the function ${name}, which is not in functions/catalog`),
    ...differences('function', used('function'), machine.functions),
    ...differences('machine', used('machine'), machine.machines),
  ];
}

function differences(kind: string, used: ReadonlySet<string>, declared: readonly string[]): string[] {
  return [
    ...[...used]
      .filter((name) => !declared.includes(name))
      .map((name) => `names the ${kind} ${name}, which its catalog entry does not`),
    ...declared.filter((name) => !used.has(name)).map((name) => `does not name the ${kind} ${name} of its catalog entry`),
  ];
}

/** Every state with its name, those within Map and Parallel included. */
function* statesOf(processor: State): Generator<[string, State]> {
  for (const [name, state] of Object.entries((processor['States'] ?? {}) as { [name: string]: State })) {
    yield [name, state];
    for (const inner of [state['ItemProcessor'], ...((state['Branches'] ?? []) as Json[])]) {
      if (inner !== undefined && inner !== null) yield* statesOf(inner as State);
    }
  }
}

function stateProblems(state: State, functions: readonly FunctionSpec[]): string[] {
  const own = Object.entries(state).filter(([field]) => field !== 'ItemProcessor' && field !== 'Branches');
  return [
    ...(state['Type'] === 'Task' ? taskProblems(state, functions) : []),
    ...(state['QueryLanguage'] === undefined ? [] : ['has a query language of its own']),
    ...own.flatMap(([, value]) => expressionsIn(value)).flatMap(expressionProblems),
  ];
}

interface Handler {
  readonly ErrorEquals?: readonly string[];
  readonly MaxAttempts?: number;
}

const INVOKE = 'arn:aws:states:::lambda:invoke';
const FULL = 'Lambda.TooManyRequestsException';

function taskProblems(state: State, functions: readonly FunctionSpec[]): string[] {
  const handlers = (field: string) => (state[field] ?? []) as readonly Handler[];
  const named = (field: string) =>
    handlers(field).length > 0 && handlers(field).every(({ ErrorEquals = [] }) => ErrorEquals.length > 0);
  // All that the account may run at once may be at work: nothing was begun, and a slice of work takes a minute.
  const waitsForRoom = handlers('Retry').some(
    ({ ErrorEquals = [], MaxAttempts = 3 }) => ErrorEquals.includes(FULL) && MaxAttempts >= 40,
  );
  const retriesAll = handlers('Retry').some(({ ErrorEquals = [] }) => ErrorEquals.includes('States.ALL'));
  return [
    ...(named('Retry') ? [] : ['has no Retry with named errors']),
    ...(retriesAll ? ['retries States.ALL: name the errors that pass'] : []),
    ...(named('Catch') ? [] : ['has no Catch with named errors']),
    ...(state['Resource'] !== INVOKE || waitsForRoom ? [] : [`gives up before others leave room: retry ${FULL} 40 times`]),
    ...timeoutProblems(state, functions),
  ];
}

function timeoutProblems(state: State, functions: readonly FunctionSpec[]): string[] {
  const timeout = state['TimeoutSeconds'];
  if (timeout === undefined) return ['has no TimeoutSeconds'];
  const text = JSON.stringify(state['Arguments'] ?? {});
  const name = /\$\{function:([^}]*)\}/.exec(text)?.[1];
  const spec = functions.find((one) => one.name === name);
  if (!spec || typeof timeout !== 'number' || timeout >= spec.timeoutSeconds) return [];
  return [
    `times out after ${timeout} s, before ${spec.name} does after ${spec.timeoutSeconds} s: it could be repeated while it runs`,
  ];
}

function expressionsIn(value: Json): string[] {
  if (typeof value === 'string') return /^\{%.*%\}$/s.test(value) ? [value.slice(2, -2).trim()] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(expressionsIn);
}

/** Field access, comparison, arithmetic, joining of text: nothing that would be logic. */
const PLAIN: ReadonlySet<string> = new Set(['path', 'name', 'variable', 'string', 'number', 'value', 'binary', 'filter']);

function expressionProblems(expression: string): string[] {
  try {
    const odd = nodeTypes(jsonata(expression).ast()).filter((type) => !PLAIN.has(type));
    return odd.map((type) => `has an expression with a ${type}, which belongs in a function: ${expression}`);
  } catch (error) {
    return [`has an expression that does not parse (${String((error as { message?: unknown }).message)}): ${expression}`];
  }
}

function nodeTypes(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(nodeTypes);
  if (typeof node !== 'object' || node === null) return [];
  const { type } = node as { readonly type?: unknown };
  return [...(typeof type === 'string' ? [type] : []), ...Object.values(node).flatMap(nodeTypes)];
}
