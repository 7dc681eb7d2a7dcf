import { type Expression, isTruthy } from './expression.ts';
import { at, type Place } from './place.ts';
import type { Operators, RuleCompiler } from './rule-compiler.ts';

const MANY = Number.POSITIVE_INFINITY;

export const CONDITIONS: Operators = {
  if: {
    takes: [2, MANY],
    compile: (args, place, compiler) =>
      chain(args, place, {
        test: (logic, where) => compiler.compile(logic, where),
        branch: (logic, where) => compiler.compile(logic, where),
      }),
  },
  and: { takes: [1, MANY], compile: (args, place, compiler) => firstOf(compiler.compileAll(args, place), false) },
  or: { takes: [1, MANY], compile: (args, place, compiler) => firstOf(compiler.compileAll(args, place), true) },
  '!': { takes: [1, 1], unary: true, compile: (args, place, compiler) => negation(first(args, place, compiler)) },
  '!!': { takes: [1, 1], unary: true, compile: (args, place, compiler) => negation(negation(first(args, place, compiler))) },
};

export interface ChainParts<T> {
  readonly test: (logic: unknown, place: Place) => Expression;
  readonly branch: (logic: unknown, place: Place) => (data: unknown) => T;
}

/** `[test, then, test, then, ..., else]`; without an else it is null. What the branches yield is the caller's business. */
export function chain<T>(args: readonly unknown[], place: Place, { test, branch }: ChainParts<T>): (data: unknown) => T {
  let from = args.length % 2 === 1 ? args.length - 1 : args.length;
  let rest = branch(args[from] ?? null, at(place, Math.min(from, args.length - 1)));
  for (from -= 2; from >= 0; from -= 2) {
    const condition = test(args[from], at(place, from));
    const yes = branch(args[from + 1], at(place, from + 1));
    const no = rest;
    rest = (data) => {
      const met = condition(data);
      return met === true || (met !== false && isTruthy(met)) ? yes(data) : no(data);
    };
  }
  return rest;
}

/** The first value that is as true as that, or the last one. Two parts are by far the most, and need no loop. */
function firstOf(parts: readonly Expression[], truth: boolean): Expression {
  const [left, right] = parts;
  if (left && right && parts.length === 2) {
    return (data) => {
      const value = left(data);
      return isTruthy(value) === truth ? value : right(data);
    };
  }
  return (data) => {
    let value: unknown = null;
    for (const part of parts) {
      value = part(data);
      if (isTruthy(value) === truth) return value;
    }
    return value;
  };
}

const first = (args: readonly unknown[], place: Place, compiler: RuleCompiler): Expression =>
  compiler.compile(args[0], at(place, 0));
const negation =
  (part: Expression): Expression =>
  (data) =>
    !isTruthy(part(data));
