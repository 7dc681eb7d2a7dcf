import { type HashState, hashAfter, hashState } from '../murmur3.ts';
import { type Expression, isPrimitive, type Primitive } from './expression.ts';
import { at, type Place } from './place.ts';
import type { Operators, RuleCompiler } from './rule-compiler.ts';

/** Of one fractional: beyond it a weight would not fit into what other evaluators use. */
const MAX_WEIGHT = 2 ** 31 - 1;

/** `[bucketing value?, [variant, weight], ...]`: the variant of the bucket into which the hash falls; null without a value. */
export const FRACTIONAL: Operators = {
  fractional: {
    takes: [1, Number.POSITIVE_INFINITY],
    compile: (args, place, compiler) => {
      const split = compileSplit(args, place, compiler);
      return split ? choose(split, split.variants) : calculated(args, place, compiler);
    },
  },
};

/** Where a hash stands from -2^31 to 2^31 - 1, which V8 keeps without allocating; null: there is nothing to hash. */
type PointOf = (data: unknown) => number | null;

/** A fractional whose variants and weights are fixed. */
export interface Split {
  readonly variants: readonly Primitive[];
  /** Bucket i takes points from limits[i - 1] up to below limits[i]. */
  readonly limits: readonly number[];
  readonly point: PointOf;
}

/** undefined: variants or weights are to be calculated. */
export function compileSplit(args: readonly unknown[], place: Place, compiler: RuleCompiler): Split | undefined {
  const { seed, buckets, from } = parts(args);
  if (!buckets.every(isFixed)) return undefined;
  for (const bucket of buckets) for (const part of bucket) compiler.read(part, place);
  const weights = buckets.map((bucket, index) => fixedWeight(bucket[1], at(place, from + index), compiler));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total > MAX_WEIGHT) compiler.refuse('BAD_ARGUMENTS', place.path, `has weights of ${total} in all; at most ${MAX_WEIGHT}.`);
  return {
    variants: buckets.map(([variant = null]) => variant),
    limits: limitsOf(weights),
    point: pointOf(seed, place, compiler),
  };
}

/** What stands at a bucket's place in `outcomes`, or null. */
export function choose<T>({ limits, point }: Split, outcomes: readonly T[]): (data: unknown) => T | null {
  const [first = null, second = null] = outcomes;
  const [limit = 0, end] = limits;
  if (limits.length === 2 && end === LAST) {
    return (data) => {
      const value = point(data);
      return value === null ? null : value < limit ? first : second;
    };
  }
  return (data) => {
    const value = point(data);
    if (value === null) return null;
    for (let index = 0; index < limits.length; index += 1) {
      if (value < (limits[index] as number)) return outcomes[index] ?? null;
    }
    return null;
  };
}

interface Parts {
  readonly seed: unknown;
  readonly buckets: readonly unknown[];
  /** Where the buckets begin among the arguments. */
  readonly from: 0 | 1;
}

function parts(args: readonly unknown[]): Parts {
  const seeded = !Array.isArray(args[0]);
  return { seed: seeded ? args[0] : undefined, buckets: seeded ? args.slice(1) : args, from: seeded ? 1 : 0 };
}

const isFixed = (bucket: unknown): bucket is readonly Primitive[] =>
  Array.isArray(bucket) && bucket.length > 0 && bucket.length < 3 && bucket.every(isPrimitive);

function fixedWeight(weight: Primitive | undefined, place: Place, compiler: RuleCompiler): number {
  if (weight === undefined) return 1;
  if (typeof weight === 'number' && Number.isInteger(weight)) return Math.max(0, weight);
  compiler.refuse('BAD_ARGUMENTS', at(place, 1).path, 'must be a weight: a whole number.');
  return 0;
}

/** The hash h falls into the first bucket for which h * total / 2^32, rounded down, is below the weights so far: as a limit on h. */
function limitsOf(weights: readonly number[]): number[] {
  const total = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  if (total === 0n) return weights.map(() => -LAST);
  let sum = 0n;
  return weights.map((weight) => {
    sum += BigInt(weight);
    return Number(((sum << 32n) + total - 1n) / total) - LAST;
  });
}

/** Above every point. */
const LAST = 2 ** 31;
const toPoint = (hash: number): number => hash ^ 0x80000000;

function pointOf(seed: unknown, place: Place, compiler: RuleCompiler): PointOf {
  if (place.loops > 0) {
    compiler.refuse('BAD_ARGUMENTS', place.path, 'cannot stand where a list is gone through: its items have no key.');
  }
  if (seed === undefined) return pointOfKey(hashState(compiler.flagKey));
  const joined = joinedSeed(seed, at(place, 0), compiler);
  if (joined) return joined;
  const value = compiler.compile(seed, at(place, 0));
  const start = hashState('');
  return (data) => {
    const text = value(data);
    return typeof text === 'string' ? toPoint(hashAfter(start, text)) : null;
  };
}

function pointOfKey(start: HashState): PointOf {
  return (data) => {
    const key = (data as { readonly targetingKey?: unknown }).targetingKey;
    if (typeof key === 'string') return key === '' ? null : toPoint(hashAfter(start, key));
    return typeof key === 'number' && key !== 0 ? toPoint(hashAfter(start, String(key))) : null;
  };
}

/** `{ "cat": ["fixed", ..., expression] }`: what is fixed is hashed once, and no text is joined. */
function joinedSeed(seed: unknown, place: Place, compiler: RuleCompiler): PointOf | undefined {
  const cat = seed !== null && typeof seed === 'object' && 'cat' in seed ? seed.cat : undefined;
  if (!Array.isArray(cat) || cat.length < 2) return undefined;
  const prefix = cat.slice(0, -1).map((part) => fixedText(part, compiler.flagKey));
  if (prefix.includes(undefined)) return undefined;
  const part = compiler.read(seed, place);
  if (part.kind !== 'operation') return undefined;
  const last = compiler.compile(cat.at(-1), at(part.place, cat.length - 1));
  const start = hashState(prefix.join(''));
  return (data) => toPoint(hashAfter(start, String(last(data) ?? '')));
}

function fixedText(part: unknown, flagKey: string): string | undefined {
  if (typeof part === 'string') return part;
  const name = part !== null && typeof part === 'object' && 'var' in part ? part.var : undefined;
  return name === '$flagd.flagKey' ? flagKey : undefined;
}

/** Variants or weights that depend on the context. */
function calculated(args: readonly unknown[], place: Place, compiler: RuleCompiler): Expression {
  const { seed, buckets, from } = parts(args);
  const point = pointOf(seed, place, compiler);
  const compiled = buckets.map((bucket, index) => calculatedBucket(bucket, at(place, from + index), compiler));
  return (data) => {
    const value = point(data);
    if (value === null) return null;
    const found = compiled.map(({ variant, weight }) => ({ variant: variant(data), weight: weight(data) }));
    if (!found.every(({ variant, weight }) => isPrimitive(variant) && Number.isInteger(weight))) return null;
    const weights = found.map(({ weight }) => Math.max(0, weight as number));
    if (weights.reduce((sum, weight) => sum + weight, 0) > MAX_WEIGHT) return null;
    const index = limitsOf(weights).findIndex((limit) => value < limit);
    return found[index]?.variant ?? null;
  };
}

function calculatedBucket(bucket: unknown, place: Place, compiler: RuleCompiler): { variant: Expression; weight: Expression } {
  if (!Array.isArray(bucket) || bucket.length === 0 || bucket.length > 2) {
    compiler.refuse('BAD_ARGUMENTS', place.path, 'must be a bucket: a list of a variant and its weight.');
    return { variant: () => null, weight: () => 0 };
  }
  const [variant, weight = 1] = bucket;
  return { variant: compiler.compile(variant, at(place, 0)), weight: compiler.compile(weight, at(place, 1)) };
}
