import { FORBIDDEN_KEYS } from '../../notation/names.ts';
import { quote } from '../../plan/problem.ts';
import type { Expression } from './expression.ts';
import { at, type Place } from './place.ts';
import type { Operators, RuleCompiler } from './rule-compiler.ts';

export const VARIABLES: Operators = {
  var: {
    takes: [1, 2],
    unary: true,
    compile: ([path, fallback = null], place, compiler) => {
      const steps = pathSteps(path, place, compiler);
      if (!steps) return () => null;
      const other = fallback === null ? undefined : compiler.compile(fallback, at(place, 1));
      const read = (place.loops === 0 ? injected(steps, compiler) : undefined) ?? reader(steps);
      return other ? (data) => read(data) ?? other(data) : read;
    },
  },
  missing: {
    takes: [0, Number.POSITIVE_INFINITY],
    compile: (names, place, compiler) => missing(names, place, compiler),
  },
  missing_some: {
    takes: [2, 2],
    compile: ([least, names], place, compiler) => {
      if (typeof least !== 'number' || !Array.isArray(names)) {
        compiler.refuse('BAD_ARGUMENTS', place.path, 'takes a number and a list of names.');
        return () => null;
      }
      const absent = missing(names, at(place, 1), compiler);
      return (data) => {
        const found = absent(data);
        return names.length - found.length >= least ? [] : found;
      };
    },
  },
};

/** `a.b.c` as steps, `\.` a dot inside of one; none for the whole. undefined: refused. */
function pathSteps(path: unknown, place: Place, compiler: RuleCompiler): readonly string[] | undefined {
  if (path === '' || path === null) return [];
  if (typeof path !== 'string' && typeof path !== 'number') {
    compiler.refuse('BAD_ARGUMENTS', place.path, 'must name what it reads, as text.');
    return undefined;
  }
  if (String(path).startsWith('../')) {
    compiler.refuse('BAD_ARGUMENTS', place.path, `reads ${quote(String(path))}: outside of the list's item nothing can be read.`);
    return undefined;
  }
  const steps = String(path)
    .split(/(?<!\\)\./)
    .map((step) => step.replaceAll('\\.', '.'));
  const forbidden = steps.find((step) => FORBIDDEN_KEYS.has(step));
  if (forbidden !== undefined) {
    compiler.refuse('FORBIDDEN_KEY', place.path, `reads ${quote(forbidden)}, which reaches an object's prototype.`);
    return undefined;
  }
  return steps;
}

/** What flagd puts into every context, and the environment where the context does not say. */
function injected(steps: readonly string[], { flagKey, now, environment }: RuleCompiler): Expression | undefined {
  if (environment !== undefined && steps.length === 1 && steps[0] === 'environment') {
    const said = reader(steps);
    return (data) => said(data) ?? environment;
  }
  if (steps[0] !== '$flagd') return undefined;
  const timestamp = () => Math.floor(now() / 1000);
  if (steps.length === 1) return () => ({ flagKey, timestamp: timestamp() });
  if (steps.length > 2) return () => null;
  if (steps[1] === 'flagKey') return () => flagKey;
  return steps[1] === 'timestamp' ? timestamp : () => null;
}

function reader(steps: readonly string[]): Expression {
  const [first, ...rest] = steps;
  if (first === undefined) return (data) => data;
  if (first === 'targetingKey' && rest.length === 0) {
    return (data) => (data as { readonly targetingKey?: unknown } | null | undefined)?.targetingKey ?? null;
  }
  if (rest.length === 0) return (data) => readable(step(data, first));
  return (data) => {
    let value = step(data, first);
    for (const key of rest) value = step(value, key);
    return readable(value);
  };
}

const step = (value: unknown, key: string): unknown =>
  value === null || value === undefined ? value : (value as Readonly<Record<string, unknown>>)[key];

/** Methods that a value inherits are none of its data. */
const readable = (value: unknown): unknown => (value === undefined || typeof value === 'function' ? null : value);

function missing(names: readonly unknown[], place: Place, compiler: RuleCompiler): (data: unknown) => string[] {
  const readers = names.map((name, index) => {
    const steps = pathSteps(name, at(place, index), compiler);
    return { name: String(name), steps: steps ?? [] };
  });
  return (data) => readers.filter(({ steps }) => isMissing(data, steps)).map(({ name }) => name);
}

function isMissing(data: unknown, steps: readonly string[]): boolean {
  let value = data;
  for (const key of steps) value = step(value, key);
  return value === undefined || typeof value === 'function';
}
