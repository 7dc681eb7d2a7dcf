import { type Expression, isPrimitive, isTruthy, TargetingFault } from './expression.ts';
import { at, type Place } from './place.ts';
import type { Operator, Operators, RuleCompiler } from './rule-compiler.ts';

/** Items of a list that is gone through, or made: with LOOPS it bounds the work of one evaluation. */
const MOST = 2000;
/** Lists that are gone through one in another. */
const LOOPS = 2;

export const LISTS: Operators = {
  map: iterating((items, each) => items.map(each)),
  filter: iterating((items, each) => items.filter((item) => isTruthy(each(item)))),
  all: iterating((items, each) => items.length > 0 && items.every((item) => isTruthy(each(item)))),
  some: iterating((items, each) => items.some((item) => isTruthy(each(item)))),
  none: iterating((items, each) => !items.some((item) => isTruthy(each(item)))),
  reduce: {
    takes: [2, 3],
    compile: ([list, each, start], place, compiler) => {
      const items = compiler.compile(list, at(place, 0));
      const body = compiler.compile(each, inside(at(place, 1), compiler));
      const from = start === undefined ? undefined : compiler.compile(start, at(place, 2));
      const step = (accumulator: unknown, current: unknown) => body({ accumulator, current });
      return (data) => {
        const all = listOf(items(data));
        if (from) return all.reduce(step, from(data));
        if (all.length === 0) throw new TargetingFault('reduce has nothing to begin with.');
        return all.reduce(step);
      };
    },
  },
  merge: {
    takes: [1, Number.POSITIVE_INFINITY],
    compile: (args, place, compiler) => {
      const parts = compiler.compileAll(args, place);
      return (data) => {
        const merged = parts.flatMap((part) => part(data));
        if (merged.length > MOST) throw new TargetingFault(`merge makes lists of at most ${MOST} items.`);
        return merged;
      };
    },
  },
  in: {
    takes: [2, 2],
    compile: (args, place, compiler) => {
      const item = compiler.compile(args[0], at(place, 0));
      const whole = compiler.compile(args[1], at(place, 1));
      const listed = args[1];
      if (Array.isArray(listed) && listed.every(isPrimitive)) {
        const known: ReadonlySet<unknown> = new Set(listed);
        return (data) => known.has(item(data));
      }
      return (data) => isIn(item(data), whole(data));
    },
  },
};

function isIn(item: unknown, whole: unknown): boolean {
  if (!whole) return false;
  if (typeof whole === 'string') return whole.includes(String(item));
  if (Array.isArray(whole)) return whole.includes(item);
  throw new TargetingFault('in looks into text and lists.');
}

function iterating(run: (items: readonly unknown[], each: Expression) => unknown): Operator {
  return {
    takes: [2, 2],
    compile: (args, place, compiler) => {
      const items = compiler.compile(args[0], at(place, 0));
      const each = compiler.compile(args[1], inside(at(place, 1), compiler));
      return (data) => run(listOf(items(data)), each);
    },
  };
}

function inside(place: Place, compiler: RuleCompiler): Place {
  if (place.loops >= LOOPS) {
    compiler.refuse('TOO_DEEP', place.path.slice(0, 3), `goes through more than ${LOOPS} lists one in another. Flatten it.`);
  }
  return { ...place, loops: place.loops + 1 };
}

function listOf(value: unknown): readonly unknown[] {
  if (!value) return [];
  if (!Array.isArray(value)) throw new TargetingFault('map, filter, reduce, all, some and none need a list.');
  if (value.length > MOST) throw new TargetingFault(`A list of more than ${MOST} items is not gone through.`);
  return value;
}
