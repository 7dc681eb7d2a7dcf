import { type Path, quote } from '../../plan/problem.ts';
import { type FlagProblemCode, type FlagProblems, probably } from '../flag-problem.ts';
import { type Expression, isPrimitive, type Primitive } from './expression.ts';
import { at, type Place } from './place.ts';

/** Operators one in another, those of $ref included. */
const MAX_DEPTH = 100;
/** Parts of one flag's rule with every $ref written out: what one evaluation can cost. */
const MAX_PARTS = 10_000;

export type Part =
  | { readonly kind: 'literal'; readonly value: Primitive }
  | { readonly kind: 'list'; readonly items: readonly unknown[]; readonly place: Place }
  | { readonly kind: 'operation'; readonly name: string; readonly args: readonly unknown[]; readonly place: Place }
  | { readonly kind: 'refused' };

/** Parts of all rules of a document, in the same sense: what compiling it can cost. */
const MAX_PARTS_OF_ALL = 1_000_000;

/** One operator of the rule language. */
export interface Operator {
  /** The fewest and the most arguments. */
  readonly takes: readonly [least: number, most: number];
  /** A single argument may stand without its list. */
  readonly unary?: boolean;
  compile(args: readonly unknown[], place: Place, compiler: RuleCompiler): Expression;
}

export type Operators = Readonly<Record<string, Operator>>;

/** What rules of one document have in common. */
export interface RuleSetting {
  readonly operators: ReadonlyMap<string, Operator>;
  readonly evaluators: Readonly<Record<string, unknown>>;
  readonly problems: FlagProblems;
  /** Epoch ms, for `$flagd.timestamp`. */
  readonly now: () => number;
  /** What the attribute `environment` is where a context lacks it. */
  readonly environment?: string | undefined;
  /** Parts that have been compiled for all flags together. */
  readonly spent: { parts: number };
}

const NOTHING: Expression = () => null;

/** Turns the rules of one flag into closures. What is wrong is told to the problems; the closure is then of no use. */
export class RuleCompiler {
  readonly flagKey: string;
  readonly now: () => number;
  readonly environment: string | undefined;
  readonly #operators: ReadonlyMap<string, Operator>;
  readonly #evaluators: Readonly<Record<string, unknown>>;
  readonly #problems: FlagProblems;
  readonly #spent: { parts: number };
  #parts = 0;

  constructor(flagKey: string, { operators, evaluators, problems, now, environment, spent }: RuleSetting) {
    this.flagKey = flagKey;
    this.now = now;
    this.environment = environment;
    this.#spent = spent;
    this.#operators = operators;
    this.#evaluators = evaluators;
    this.#problems = problems;
  }

  refuse(code: FlagProblemCode, path: Path, fact: string, suggestion?: string): void {
    this.#problems.add(code, path, fact, suggestion);
  }

  compile(logic: unknown, place: Place): Expression {
    const part = this.read(logic, place);
    switch (part.kind) {
      case 'literal': {
        const { value } = part;
        return () => value;
      }
      case 'list':
        return this.#list(part.items, part.place);
      case 'operation':
        return this.operation(part.name).compile(part.args, part.place, this);
      case 'refused':
        return NOTHING;
    }
  }

  compileAll(args: readonly unknown[], place: Place): Expression[] {
    return args.map((arg, index) => this.compile(arg, at(place, index)));
  }

  /** One part of a rule, its $ref followed. */
  read(logic: unknown, place: Place): Part {
    if (!this.#afford()) return { kind: 'refused' };
    if (isPrimitive(logic)) return { kind: 'literal', value: logic };
    if (place.depth > MAX_DEPTH) {
      this.refuse('TOO_DEEP', place.path.slice(0, 3), `is nested more than ${MAX_DEPTH} operators deep. Flatten it.`);
      return { kind: 'refused' };
    }
    if (Array.isArray(logic)) return { kind: 'list', items: logic, place };
    return this.#operation(logic as Readonly<Record<string, unknown>>, place);
  }

  operation(name: string): Operator {
    const operator = this.#operators.get(name);
    if (!operator) throw new TypeError(`${name} has been read as an operator and is none.`);
    return operator;
  }

  #afford(): boolean {
    this.#parts += 1;
    this.#spent.parts += 1;
    if (this.#parts > MAX_PARTS) {
      const fact = `has more than ${MAX_PARTS} parts, with every $ref written out. Make the rule smaller.`;
      this.refuse('TOO_LARGE', ['flags', this.flagKey], fact);
    } else if (this.#spent.parts > MAX_PARTS_OF_ALL) {
      this.refuse('TOO_LARGE', [], `has rules of more than ${MAX_PARTS_OF_ALL} parts, with every $ref written out. Split it.`);
    } else {
      return true;
    }
    return false;
  }

  #list(items: readonly unknown[], place: Place): Expression {
    if (items.every(isPrimitive)) {
      this.#spent.parts += items.length;
      return () => items;
    }
    const parts = this.compileAll(items, { ...place, depth: place.depth + 1 });
    return (data) => parts.map((part) => part(data));
  }

  #operation(logic: Readonly<Record<string, unknown>>, place: Place): Part {
    const [name, ...more] = Object.keys(logic);
    if (name === undefined || more.length > 0) {
      const keys = [name, ...more].filter((key) => key !== undefined);
      const has = keys.length === 0 ? 'none' : keys.slice(0, 5).map(quote).join(', ');
      this.refuse('BAD_ARGUMENTS', place.path, `must hold exactly one operator; it holds ${has}.`);
      return { kind: 'refused' };
    }
    if (name === '$ref') return this.#referred(logic['$ref'], place);
    const operator = this.#operators.get(name);
    if (!operator) {
      const known = [...this.#operators.keys(), '$ref'];
      const suggestion = probably(name, known);
      const hint = suggestion === undefined ? ` There are ${known.join(', ')}.` : '';
      this.refuse('UNKNOWN_OPERATOR', [...place.path, name], `is not an operator.${hint}`, suggestion);
      return { kind: 'refused' };
    }
    return this.#arguments(name, operator, logic[name], place);
  }

  #arguments(name: string, operator: Operator, given: unknown, place: Place): Part {
    const path = [...place.path, name];
    const args = operator.unary && !Array.isArray(given) ? [given] : given;
    if (!Array.isArray(args)) {
      this.refuse('BAD_ARGUMENTS', path, 'must be a list of arguments.');
      return { kind: 'refused' };
    }
    const [least, most] = operator.takes;
    if (args.length < least || args.length > most) {
      const count = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
      this.refuse('BAD_ARGUMENTS', path, `takes ${count} argument${count === '1' ? '' : 's'}, not ${args.length}.`);
      return { kind: 'refused' };
    }
    return { kind: 'operation', name, args, place: { ...place, path, depth: place.depth + 1 } };
  }

  #referred(name: unknown, place: Place): Part {
    const path = [...place.path, '$ref'];
    if (typeof name !== 'string' || !Object.hasOwn(this.#evaluators, name)) {
      const known = Object.keys(this.#evaluators);
      const which = typeof name === 'string' ? quote(name) : 'something else than text';
      const fact = `names ${which}, and $evaluators has no such rule.`;
      this.refuse('UNKNOWN_EVALUATOR', path, fact, typeof name === 'string' ? probably(name, known) : undefined);
      return { kind: 'refused' };
    }
    const refs = [...place.refs, name];
    if (place.refs.includes(name)) {
      const circle = refs.slice(refs.indexOf(name)).map(quote).join(' -> ');
      this.refuse('CYCLE', path, `goes round in a circle: ${circle}. Break it.`);
      return { kind: 'refused' };
    }
    return this.read(this.#evaluators[name], { ...place, path: ['$evaluators', name], depth: place.depth + 1, refs });
  }
}
