import jsonata from 'jsonata';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Value } from '../../shared/ports/store.ts';
import { awsFunctions } from './aws-functions.ts';
import type { Template } from './definition.ts';
import { QueryEvaluationError } from './errors.ts';

export type JsonType = 'array' | 'boolean' | 'number' | 'string';
export type Bindings = Readonly<Record<string, unknown>>;

/** Evaluates templates against `$states` and variables. Every failure is a QueryEvaluationError that names the field. */
export interface Evaluator {
  evaluate(template: Template, field: string, bindings: Bindings): Promise<Value>;
}

/** A runaway expression stops here, long before it could take the process with it. */
const guards = { timeout: 10_000, stack: 500 };

/** The JSONata text within `{% … %}`; undefined for any other string, which stands for itself. */
export function expressionIn(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4 ? text.slice(2, -2).trim() : undefined;
}

/** The message of a syntax error, or undefined where the expression parses. */
export function syntaxError(expression: string): string | undefined {
  try {
    jsonata(expression);
    return undefined;
  } catch (error) {
    return describe(error);
  }
}

function jsonType(value: Value): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The value where it has the type; otherwise the error in AWS's words. */
export function expectType(value: Value, type: JsonType, template: Template, field: string): Value {
  const found = jsonType(value);
  if (found === type) return value;
  const expression = typeof template === 'string' ? expressionIn(template) : undefined;
  const subject = expression === undefined ? `The value specified for the field '${field}'` : naming(expression, field);
  const verb = expression === undefined ? 'has' : 'returned';
  throw new QueryEvaluationError(
    `${subject} ${verb} an unexpected result type. Expected '${type}', but was '${found}' for value: ${JSON.stringify(value)}`,
    field,
  );
}

export function createEvaluator(clock: Clock, ids: Ids): Evaluator {
  const compiled = new Map<string, jsonata.Expression>();
  const functions = awsFunctions(clock, ids);

  function compile(expression: string): jsonata.Expression {
    const known = compiled.get(expression);
    if (known !== undefined) return known;
    const fresh = jsonata(expression, guards);
    for (const [name, implementation] of functions) fresh.registerFunction(name, implementation);
    // AWS leaves $eval out.
    fresh.assign('eval', undefined);
    compiled.set(expression, fresh);
    return fresh;
  }

  async function run(expression: string, field: string, bindings: Bindings): Promise<Value> {
    let result: unknown;
    try {
      result = await compile(expression).evaluate(undefined, bindings);
    } catch (error) {
      throw new QueryEvaluationError(`${naming(expression, field)} threw an error during evaluation. ${describe(error)}`, field, {
        cause: error,
      });
    }
    if (result === undefined) throw new QueryEvaluationError(`${naming(expression, field)} returned nothing (undefined).`, field);
    const json = typeof result === 'function' ? undefined : JSON.stringify(result);
    if (json === undefined || isFunctionValue(result)) {
      throw new QueryEvaluationError(`${naming(expression, field)} returned an unsupported result type.`, field);
    }
    // A round trip through JSON: sequences become arrays, -0 becomes 0, and nothing is shared with the state's input.
    return JSON.parse(json);
  }

  return {
    evaluate: (template, field, bindings) => walk(template, field, (expression, place) => run(expression, place, bindings)),
  };
}

/** Evaluates every expression of a template, naming each place as AWS does: `Output/list[0]`. */
async function walk(
  template: Template,
  field: string,
  run: (expression: string, field: string) => Promise<Value>,
): Promise<Value> {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    return expression === undefined ? template : run(expression, field);
  }
  if (Array.isArray(template)) {
    const items: Value[] = [];
    for (const [index, item] of template.entries()) items.push(await walk(item, `${field}[${index}]`, run));
    return items;
  }
  if (template === null || typeof template !== 'object') return template;
  const members: [string, Value][] = [];
  for (const [key, member] of Object.entries(template)) members.push([key, await walk(member, `${field}/${key}`, run)]);
  return Object.fromEntries(members);
}

function naming(expression: string, field: string): string {
  return `The JSONata expression '${expression}' specified for the field '${field}'`;
}

function isFunctionValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('_jsonata_function' in value || '_jsonata_lambda' in value);
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return typeof code === 'string' && /^[A-Z]\d{4}$/.test(code) ? `${code}: ${text}` : text;
}
