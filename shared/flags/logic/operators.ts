import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISONS } from './comparisons.ts';
import { CONDITIONS } from './conditions.ts';
import { FRACTIONAL } from './fractional.ts';
import { LISTS } from './lists.ts';
import type { Operator } from './rule-compiler.ts';
import { TEXTS } from './texts.ts';
import { VARIABLES } from './variables.ts';
import { VERSIONS } from './versions.ts';

/** JsonLogic as flagd defines it, with flagd's own. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [CONDITIONS, COMPARISONS, ARITHMETIC, LISTS, TEXTS, VARIABLES, VERSIONS, FRACTIONAL].flatMap((group) => Object.entries(group)),
);
