import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISONS } from './comparisons.ts';
import { CONDITIONS } from './conditions.ts';
import type { Expression } from './expression.ts';
import { FRACTIONAL } from './fractional.ts';
import { LISTS } from './lists.ts';
import type { Place } from './place.ts';
import type { RuleCompiler } from './rule-compiler.ts';
import { TEXTS } from './texts.ts';
import { VARIABLES } from './variables.ts';
import { VERSIONS } from './versions.ts';

/** One operator of the rule language. */
export interface Operator {
  /** The fewest and the most arguments. */
  readonly takes: readonly [least: number, most: number];
  /** A single argument may stand without its list. */
  readonly unary?: boolean;
  compile(args: readonly unknown[], place: Place, compiler: RuleCompiler): Expression;
}

export type Operators = Readonly<Record<string, Operator>>;

/** JsonLogic as flagd defines it, with flagd's own. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [CONDITIONS, COMPARISONS, ARITHMETIC, LISTS, TEXTS, VARIABLES, VERSIONS, FRACTIONAL].flatMap((group) => Object.entries(group)),
);
