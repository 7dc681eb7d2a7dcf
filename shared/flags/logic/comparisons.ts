import { type Expression, isPrimitive, type Primitive, TargetingFault } from './expression.ts';
import { at } from './place.ts';
import type { Operator, Operators } from './rule-compiler.ts';

type Compare = (a: Primitive, b: Primitive) => boolean;

const less: Compare = (a, b) => (a as number) < (b as number);
const atMost: Compare = (a, b) => (a as number) <= (b as number);
const more: Compare = (a, b) => (a as number) > (b as number);
const atLeast: Compare = (a, b) => (a as number) >= (b as number);
// biome-ignore lint/suspicious/noDoubleEquals: JsonLogic's == converts, as JavaScript's does
const equal: Compare = (a, b) => a == b;
// biome-ignore lint/suspicious/noDoubleEquals: JsonLogic's != converts, as JavaScript's does
const unequal: Compare = (a, b) => a != b;

export const COMPARISONS: Operators = {
  '==': equality(false, equal),
  '!=': equality(true, unequal),
  '===': strict(false),
  '!==': strict(true),
  '<': converting(3, less),
  '<=': converting(3, atMost),
  '>': converting(2, more),
  '>=': converting(2, atLeast),
};

/** Text against text is compared as text, anything else as numbers; what is no number faults. */
function converted(compare: Compare, a: unknown, b: unknown): boolean {
  if (isTextOrNull(a) && isTextOrNull(b)) return compare(a, b);
  if (!isNumeric(a) || !isNumeric(b)) throw new TargetingFault('Only text and numbers can be compared.');
  // A null against what counts as 0 is that; JavaScript alone has null <= 0 and not null == 0.
  if (a === null && !b) return compare(null, null);
  if (b === null && !a) return compare(a, 0);
  return compare(a, b);
}

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
const isNumeric = (value: unknown): value is Primitive => isPrimitive(value) && !Number.isNaN(Number(value));

/** Two arguments, or three: the one in the middle is between the others. */
function converting(most: 2 | 3, compare: Compare): Operator {
  return {
    takes: [2, most],
    compile: (args, place, compiler) => {
      const [a, b, c] = compiler.compileAll(args, place) as [Expression, Expression, Expression?];
      const both: Expression = (data) => {
        const left = a(data);
        const right = b(data);
        if (Number.isFinite(left) && Number.isFinite(right)) return compare(left as number, right as number);
        return converted(compare, left, right);
      };
      if (!c) return both;
      return (data) => {
        const middle = b(data);
        return converted(compare, a(data), middle) && converted(compare, middle, c(data));
      };
    },
  };
}

function equality(negated: boolean, compare: Compare): Operator {
  return {
    takes: [2, 2],
    compile: (args, place, compiler) => {
      const a = compiler.compile(args[0], at(place, 0));
      const b = compiler.compile(args[1], at(place, 1));
      const text = args[1];
      if (typeof text === 'string') {
        return (data) => {
          const left = a(data);
          return typeof left === 'string' || left === null ? (left === text) !== negated : converted(compare, left, text);
        };
      }
      return (data) => converted(compare, a(data), b(data));
    },
  };
}

function strict(negated: boolean): Operator {
  return {
    takes: [2, 2],
    compile: (args, place, compiler) => {
      const [a, b] = compiler.compileAll(args, place) as [Expression, Expression];
      return (data) => (a(data) === b(data)) !== negated;
    },
  };
}
