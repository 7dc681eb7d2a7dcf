import { type Expression, isPrimitive, TargetingFault } from './expression.ts';
import type { Operator, Operators } from './rule-compiler.ts';

const MANY = Number.POSITIVE_INFINITY;

export const ARITHMETIC: Operators = {
  '+': folding(1, MANY, (a, b) => a + b),
  '*': folding(1, MANY, (a, b) => a * b),
  '-': folding(
    1,
    MANY,
    (a, b) => a - b,
    (a) => -a,
  ),
  '/': folding(2, MANY, divided),
  '%': folding(2, 2, (a, b) => a % b),
  max: extreme((a, b) => a > b),
  min: extreme((a, b) => a < b),
};

/** From left to right; one argument alone goes through `alone`. */
function folding(least: number, most: number, step: (a: number, b: number) => number, alone = (a: number) => a): Operator {
  return {
    takes: [least, most],
    compile: (args, place, compiler) => {
      const [first, ...rest] = compiler.compileAll(args, place) as [Expression, ...Expression[]];
      if (rest.length === 0) return (data) => alone(numeric(first(data)));
      return (data) => {
        let result = numeric(first(data));
        for (const part of rest) result = step(result, numeric(part(data)));
        return numeric(result);
      };
    },
  };
}

function extreme(beats: (a: number, b: number) => boolean): Operator {
  return {
    takes: [1, MANY],
    compile: (args, place, compiler) => {
      const [first, ...rest] = compiler.compileAll(args, place) as [Expression, ...Expression[]];
      return (data) => {
        let best = onlyNumber(first(data));
        for (const part of rest) {
          const value = onlyNumber(part(data));
          if (beats(value, best)) best = value;
        }
        return best;
      };
    },
  };
}

function numeric(value: unknown): number {
  const number = isPrimitive(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw new TargetingFault('Arithmetic needs numbers.');
  return number;
}

function onlyNumber(value: unknown): number {
  if (typeof value !== 'number') throw new TargetingFault('max and min need numbers.');
  return value;
}

function divided(a: number, b: number): number {
  if (b === 0) throw new TargetingFault('Nothing can be divided by 0.');
  return a / b;
}
