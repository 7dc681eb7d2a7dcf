import * as z from 'zod';
import { quote } from '../plan/problem.ts';
import type { FlagDefinition, Logic } from './flag-document.ts';

/** Weights of a stage are thousandths of a percent, always of the same total: so limits only move, and nobody is dealt anew. */
const TOTAL = 100_000;
const MOST_CUSTOMERS = 10_000;

/** How far a rollout is: those customers by name, and that share of everybody else by hash. */
export const stage = z.strictObject({
  percent: z
    .number({ error: 'must be a percentage: a number from 0 to 100' })
    .min(0, 'must be at least 0')
    .max(100, 'must be at most 100')
    .refine((percent) => Math.abs(Math.round(percent * 1000) - percent * 1000) < 1e-6, 'must have at most three decimals')
    .default(0),
  /** Values of the context key `customer`. */
  customers: z.array(z.string().min(1).max(200)).max(MOST_CUSTOMERS).default([]),
  /** The context key whose value is hashed. */
  by: z
    .string()
    .regex(/^[A-Za-z_][\w.-]{0,99}$/, 'must name a key of the context')
    .default('targetingKey'),
});
export type Stage = z.output<typeof stage>;

/** The new variant and the old one. */
export interface Arms {
  readonly to: string;
  readonly from: string;
}

export type Staged =
  | { readonly ok: true; readonly flag: FlagDefinition }
  /** What is in the way, as a sentence. */
  | { readonly ok: false; readonly reason: string };

/** The old variant is the default, the new one the only other; undefined where that says nothing. */
export function armsOf({ defaultVariant, variants }: FlagDefinition): Arms | undefined {
  const others = Object.keys(variants).filter((name) => name !== defaultVariant);
  const [to, ...more] = others;
  return defaultVariant && to !== undefined && more.length === 0 ? { to, from: defaultVariant } : undefined;
}

/**
 * The flag at another stage: only the split between the two arms changes, whatever rule it is part of. A flag without a rule gets one
 * that is the split alone. Raising a stage moves nobody who has the new variant, lowering it nobody who has the old one.
 */
export function atStage(flag: FlagDefinition, wanted: z.input<typeof stage>, arms = armsOf(flag)): Staged {
  const parsed = stage.safeParse(wanted);
  if (!parsed.success) return refused(`The stage ${parsed.error.issues.map(issueText).join('; ')}.`);
  if (!arms) return refused('It is not clear which variant is the new one. Name both.');
  const unknown = [arms.to, arms.from].find((name) => !Object.hasOwn(flag.variants, name));
  if (unknown !== undefined) return refused(`The flag has no variant ${quote(unknown)}.`);
  if (arms.to === arms.from) return refused('The new variant is the old one.');
  if (flag.state === 'DISABLED') return refused('The flag is disabled. Enable it first.');
  const node = splitRule(parsed.data, arms);
  const rule = ruleOf(flag);
  if (rule === undefined) return { ok: true, flag: { ...flag, targeting: node } };
  const found = splitsIn(rule, arms);
  if (found.length !== 1) {
    const count = found.length === 0 ? 'no' : `${found.length}`;
    return refused(`The flag's rule has ${count} splits between ${quote(arms.to)} and ${quote(arms.from)}; it must have one.`);
  }
  return { ok: true, flag: { ...flag, targeting: replaced(rule, arms, node) as Rule } };
}

/** At which stage a flag is; undefined where its rule does not say. A flag without a rule is at 0 or 100 %. */
export function stageOf(flag: FlagDefinition, arms = armsOf(flag)): Stage | undefined {
  if (!arms || flag.state === 'DISABLED') return undefined;
  const rule = ruleOf(flag);
  if (rule === undefined) {
    const percent = flag.defaultVariant === arms.to ? 100 : flag.defaultVariant === arms.from ? 0 : undefined;
    return percent === undefined ? undefined : { percent, customers: [], by: 'targetingKey' };
  }
  const [only, ...more] = splitsIn(rule, arms);
  return more.length === 0 ? only : undefined;
}

/** Whether a rule deals everybody by percentage; not where customers are named, or only those are dealt of whom something else is true. */
export function dealsEverybody(targeting: Logic | undefined, arms: Arms): boolean {
  const bare = targeting === undefined || (isMapping(targeting) && Object.keys(targeting).length === 0);
  return bare || readSplit(targeting, arms)?.customers.length === 0;
}

type Rule = { [operator: string]: Logic };

const refused = (reason: string): Staged => ({ ok: false, reason });
const issueText = (issue: z.core.$ZodIssue): string => `${issue.path.join('.')} ${issue.message}`;

function ruleOf({ targeting }: FlagDefinition): Rule | undefined {
  return targeting !== undefined && Object.keys(targeting).length > 0 ? targeting : undefined;
}

/** Named customers have the new variant. Without a key nobody can be dealt: they have the new variant at 100 % only. */
export function splitRule({ percent, customers, by }: Stage, { to, from }: Arms): Rule {
  const weight = Math.round(percent * 1000);
  const buckets = [
    [to, weight],
    [from, TOTAL - weight],
  ];
  const seed = by === 'targetingKey' ? [] : [{ cat: [{ var: '$flagd.flagKey' }, { var: by }] }];
  const split = { if: [{ '!': [{ var: by }] }, percent === 100 ? to : from, { fractional: [...seed, ...buckets] }] };
  return customers.length === 0 ? split : { if: [{ in: [{ var: 'customer' }, [...customers]] }, to, split] };
}

/** Every split between the arms where the rule ends in variants. */
function splitsIn(rule: Logic, arms: Arms): Stage[] {
  const own = readSplit(rule, arms);
  if (own) return [own];
  return branchesOf(rule).flatMap((branch) => splitsIn(branch, arms));
}

function replaced(rule: Logic, arms: Arms, node: Logic): Logic {
  if (readSplit(rule, arms)) return node;
  const args = operandsOf(rule, 'if');
  if (!args) return rule;
  return { if: args.map((arg, index) => (isBranch(index, args.length) ? replaced(arg, arms, node) : arg)) };
}

function branchesOf(rule: Logic): readonly Logic[] {
  const args = operandsOf(rule, 'if') ?? [];
  return args.filter((_, index) => isBranch(index, args.length));
}

const isBranch = (index: number, count: number): boolean => index % 2 === 1 || index === count - 1;

/** What `splitRule` makes, or a fractional that stands alone. */
function readSplit(rule: Logic, arms: Arms): Stage | undefined {
  const [test, first, second, ...more] = operandsOf(rule, 'if') ?? [];
  if (test === undefined) return readFractional(rule, arms);
  if (second === undefined || more.length > 0) return undefined;
  const named = operandsOf(test, 'in');
  if (named && first === arms.to && isVariable(named[0], 'customer') && Array.isArray(named[1])) {
    const rest = readSplit(second, arms);
    return rest && rest.customers.length === 0 ? { ...rest, customers: named[1].map(String) } : undefined;
  }
  const found = readFractional(second, arms);
  const absent = operandsOf(test, '!');
  const isGuard = found && isVariable(absent?.[0], found.by) && (first === arms.to || first === arms.from);
  return isGuard ? found : undefined;
}

function readFractional(rule: Logic, { to, from }: Arms): Stage | undefined {
  const args = operandsOf(rule, 'fractional');
  if (!args) return undefined;
  const by = args.length === 3 ? seedKey(args[0]) : 'targetingKey';
  const weights = new Map(
    args.slice(-2).map((bucket) => (Array.isArray(bucket) ? [bucket[0], bucket[1] ?? 1] : [])) as [Logic, Logic][],
  );
  const [up, down] = [weights.get(to), weights.get(from)];
  if (by === undefined || args.length > 3 || weights.size !== 2 || typeof up !== 'number' || typeof down !== 'number')
    return undefined;
  const percent = up + down === 0 ? 0 : (100 * up) / (up + down);
  return { percent: Math.round(percent * 1000) / 1000, customers: [], by };
}

function seedKey(seed: Logic | undefined): string | undefined {
  const [flag, key, ...more] = operandsOf(seed, 'cat') ?? [];
  const name = isMapping(key) ? key['var'] : undefined;
  return isVariable(flag, '$flagd.flagKey') && typeof name === 'string' && more.length === 0 ? name : undefined;
}

function operandsOf(rule: Logic | undefined, operator: string): readonly Logic[] | undefined {
  const args = isMapping(rule) ? rule[operator] : undefined;
  return Array.isArray(args) ? args : undefined;
}

const isMapping = (value: Logic | undefined): value is Rule =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isVariable = (value: Logic | undefined, name: string): boolean => isMapping(value) && value['var'] === name;
