import { quote } from '../plan/problem.ts';
import type { FlagDefinition } from './flag-document.ts';
import { probably } from './flag-problem.ts';
import { chain } from './logic/conditions.ts';
import { type Primitive, TargetingFault } from './logic/expression.ts';
import { choose, compileSplit } from './logic/fractional.ts';
import type { Place } from './logic/place.ts';
import { RuleCompiler, type RuleSetting } from './logic/rule-compiler.ts';
import { type FlagContext, type FlagMetadata, failed, type Resolution, type Unresolved } from './resolution.ts';

export type Outcome = Resolution | Unresolved;

/** One flag, ready to be evaluated. */
export interface CompiledFlag {
  /** What it is for every context; undefined: its rule decides. */
  readonly fixed: Outcome | undefined;
  readonly decide: (context: FlagContext) => Outcome;
}

/** A rule in the place where variants are named: it yields what the flag is, or null for its default. */
type Decide = (data: unknown) => Outcome | null;

/** Compiles a flag; what is wrong with its rule is told to the setting's problems. */
export function compileFlag(key: string, flag: FlagDefinition, shared: FlagMetadata, setting: RuleSetting): CompiledFlag {
  const metadata = Object.freeze({ ...shared, ...flag.metadata });
  const decide = hasRule(flag) ? new FlagCompiler(key, flag, metadata, setting).decision() : undefined;
  checkDefault(key, flag, setting);
  if (flag.state === 'DISABLED') return constant({ value: undefined, reason: 'DISABLED', flagMetadata: metadata });
  const chosen = flag.defaultVariant ?? undefined;
  if (!decide) return constant(outcomeOf(flag, chosen, chosen === undefined ? 'DEFAULT' : 'STATIC', metadata));
  const otherwise = outcomeOf(flag, chosen, 'DEFAULT', metadata);
  const fault = failed('GENERAL', `The rule of the flag ${quote(key)} cannot be evaluated for this context.`, metadata);
  const misfit = failed('INVALID_CONTEXT', 'The evaluation context must be a mapping of names to values.', metadata);
  return {
    fixed: undefined,
    decide(context) {
      if (typeof context !== 'object' || context === null || Array.isArray(context)) return misfit;
      try {
        return decide(context) ?? otherwise;
      } catch (error) {
        return error instanceof TargetingFault ? { ...fault, errorMessage: `${fault.errorMessage} ${error.message}` } : fault;
      }
    },
  };
}

function constant(outcome: Outcome): CompiledFlag {
  const fixed = Object.freeze(outcome);
  return { fixed, decide: () => fixed };
}

const hasRule = ({ targeting }: FlagDefinition): boolean => targeting !== undefined && Object.keys(targeting).length > 0;

function checkDefault(key: string, { defaultVariant, variants }: FlagDefinition, { problems }: RuleSetting): void {
  if (defaultVariant === undefined || defaultVariant === null || Object.hasOwn(variants, defaultVariant)) return;
  const fact = `names ${quote(defaultVariant)}, which is no variant of the flag.`;
  problems.add('UNKNOWN_VARIANT', ['flags', key, 'defaultVariant'], fact, probably(defaultVariant, Object.keys(variants)));
}

type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT';

function outcomeOf(flag: FlagDefinition, variant: string | undefined, reason: Reason, flagMetadata: FlagMetadata): Outcome {
  const value = variant === undefined ? undefined : flag.variants[variant];
  if (variant === undefined || value === undefined) return Object.freeze({ value: undefined, reason: 'DEFAULT', flagMetadata });
  return Object.freeze({ value, variant, reason, flagMetadata });
}

/** Compiles the branches in which a rule ends down to finished resolutions: evaluating then allocates nothing. */
class FlagCompiler {
  readonly #key: string;
  readonly #flag: FlagDefinition;
  readonly #metadata: FlagMetadata;
  readonly #rules: RuleCompiler;
  readonly #matches: ReadonlyMap<string, Outcome>;
  readonly #splits: ReadonlyMap<string, Outcome>;

  constructor(key: string, flag: FlagDefinition, metadata: FlagMetadata, setting: RuleSetting) {
    this.#key = key;
    this.#flag = flag;
    this.#metadata = metadata;
    this.#rules = new RuleCompiler(key, setting);
    const names = Object.keys(flag.variants);
    this.#matches = new Map(names.map((name) => [name, outcomeOf(flag, name, 'TARGETING_MATCH', metadata)]));
    this.#splits = new Map(names.map((name) => [name, outcomeOf(flag, name, 'SPLIT', metadata)]));
  }

  decision(): Decide {
    return this.#decide(this.#flag.targeting, { path: ['flags', this.#key, 'targeting'], depth: 0, loops: 0, refs: [] });
  }

  #decide(logic: unknown, place: Place): Decide {
    const part = this.#rules.read(logic, place);
    switch (part.kind) {
      case 'refused':
        return () => null;
      case 'literal': {
        const outcome = this.#named(part.value, this.#matches, place);
        return () => outcome;
      }
      case 'list':
        this.#rules.refuse('BAD_ARGUMENTS', place.path, 'must name one variant; it is a list.');
        return () => null;
      case 'operation':
        return this.#operation(part.name, part.args, part.place);
    }
  }

  #operation(name: string, args: readonly unknown[], place: Place): Decide {
    if (name === 'if') {
      return chain(args, place, {
        test: (logic, where) => this.#rules.compile(logic, where),
        branch: (logic, where) => this.#decide(logic, where),
      });
    }
    if (name === 'fractional') {
      const split = compileSplit(args, place, this.#rules);
      if (split) return this.#split(split.variants, choose(split, this.#bucketOutcomes(split.variants, place)), split.point);
    }
    const value = this.#rules.operation(name).compile(args, place, this.#rules);
    const found = name === 'fractional' ? this.#splits : this.#matches;
    return (data) => {
      const variant = value(data);
      return variant === null || variant === undefined ? null : (found.get(String(variant)) ?? this.#unknown(variant));
    };
  }

  /** Without a default variant nothing else says that a key would have been needed. */
  #split(variants: readonly Primitive[], pick: Decide, point: (data: unknown) => number | null): Decide {
    if ((this.#flag.defaultVariant ?? undefined) !== undefined || variants.includes(null)) return pick;
    const missing = failed('TARGETING_KEY_MISSING', 'The flag is split by a key that the context lacks.', this.#metadata);
    return (data) => pick(data) ?? (point(data) === null ? missing : null);
  }

  #bucketOutcomes(variants: readonly Primitive[], place: Place): (Outcome | null)[] {
    return variants.map((variant) => this.#named(variant, this.#splits, place));
  }

  #named(variant: Primitive, outcomes: ReadonlyMap<string, Outcome>, place: Place): Outcome | null {
    if (variant === null) return null;
    const outcome = outcomes.get(String(variant));
    if (outcome) return outcome;
    const fact = `names ${quote(String(variant))}, which is no variant of the flag.`;
    this.#rules.refuse('UNKNOWN_VARIANT', place.path, fact, probably(String(variant), outcomes.keys()));
    return null;
  }

  #unknown(variant: unknown): Outcome {
    const name = quote(String(variant));
    return failed(
      'GENERAL',
      `The rule of the flag ${quote(this.#key)} yields ${name}, which is none of its variants.`,
      this.#metadata,
    );
  }
}
