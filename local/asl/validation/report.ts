import type { Value } from '../../../shared/ports/store.ts';
import { expressionIn, syntaxError } from '../expressions.ts';

export interface DefinitionProblem {
  /** As AWS gives it: `/States/Name/Field`. */
  readonly location: string;
  readonly message: string;
}

export type Json = { readonly [name: string]: Value | undefined };

export function isObject(value: Value | undefined): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gathers problems; each check says what it found wrong and goes on. */
export class Report {
  readonly problems: DefinitionProblem[] = [];

  add(location: string, message: string): void {
    this.problems.push({ location: location === '' ? '/' : location, message });
  }

  require(node: Json, fields: readonly string[], location: string): void {
    const missing = fields.filter((field) => node[field] === undefined);
    if (missing.length > 0) this.add(location, `These fields are required: [${missing.join(', ')}]`);
  }

  expectString(value: Value | undefined, location: string): void {
    if (value !== undefined && typeof value !== 'string') this.add(location, 'Expected value of type String');
  }

  /** A number within bounds, or (where that is allowed) an expression. */
  expectNumber(value: Value | undefined, location: string, least: number, expression: boolean): void {
    if (value === undefined) return;
    if (typeof value === 'string' && expression && expressionIn(value) !== undefined) return;
    if (typeof value !== 'number') this.add(location, `Expected a number${expression ? ' or a JSONata expression' : ''}`);
    else if (value < least) this.add(location, `Expected a number of at least ${least}`);
  }

  expectTarget(target: Value | undefined, location: string, states: Json): void {
    if (typeof target === 'string' && Object.hasOwn(states, target)) return;
    this.add(location, `MISSING_TRANSITION_TARGET: Missing 'Next' target: ${String(target)}`);
  }

  /** Every string of a template that is an expression must parse. */
  expressions(template: Value | undefined, location: string): void {
    if (typeof template === 'string') {
      const expression = expressionIn(template);
      const problem = expression === undefined ? undefined : syntaxError(expression);
      if (problem !== undefined) this.add(location, `The JSONata expression '${expression}' does not parse: ${problem}`);
    } else if (Array.isArray(template)) {
      for (const [index, item] of template.entries()) this.expressions(item, `${location}[${index}]`);
    } else if (isObject(template)) {
      for (const [key, member] of Object.entries(template)) this.expressions(member, `${location}/${key}`);
    }
  }
}
