import * as z from 'zod';
import { canonicalJson } from '../plan/canonical-json.ts';
import { CONDITION_OPERATORS, type ConditionOperator, conditionRule, readCondition } from './condition.ts';
import type { FlagDefinition, Logic } from './flag-document.ts';
import { splitRule, stage, stageOf } from './stage.ts';

const LIST = z.array(z.string().min(1).max(200)).max(1000);
const ARMS = { to: 'on', from: 'off' } as const;

const condition = z.strictObject({
  attribute: z.string().regex(/^[A-Za-z_][\w.-]{0,99}$/, 'must name a key of the context'),
  operator: z.enum(Object.keys(CONDITION_OPERATORS) as [ConditionOperator, ...ConditionOperator[]]),
  value: z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .max(1000),
  ]),
});

/** A flag that is on or off, in the words of a form. */
export const simpleFlag = z
  .strictObject({
    /** false: every caller gets its own default. */
    enabled: z.boolean().default(true),
    rolloutPercentage: stage.shape.percent.unwrap().default(100),
    /** All of them have to hold. */
    conditions: z.array(condition).max(50).default([]),
    /** One of them has to be among the context's `groups`. */
    userGroups: LIST.default([]),
    /** One of them has to be the environment. */
    environments: LIST.default([]),
    /** On for them wherever the conditions hold, whatever the percentage. */
    customers: stage.shape.customers.unwrap().default([]),
    /** What the flag is where the conditions do not hold. */
    fallbackEnabled: z.boolean().default(false),
  })
  .superRefine(({ conditions }, context) => {
    for (const [index, { operator, value }] of conditions.entries()) {
      const wants = CONDITION_OPERATORS[operator].takes;
      const given = Array.isArray(value) ? 'list' : typeof value;
      if (wants !== 'any' && wants !== given) {
        context.addIssue({ code: 'custom', path: ['conditions', index, 'value'], message: `must be a ${wants} for ${operator}` });
      } else if (wants === 'any' && given === 'list') {
        context.addIssue({ code: 'custom', path: ['conditions', index, 'value'], message: `must be one value for ${operator}` });
      }
    }
  });
export type SimpleFlag = z.output<typeof simpleFlag>;

/** The form as a flag: on or off, off being what a percentage leaves out. */
export function fromSimple(form: SimpleFlag): FlagDefinition {
  const fallback = form.fallbackEnabled ? ARMS.to : ARMS.from;
  const split = splitRule({ percent: form.rolloutPercentage, customers: form.customers, by: 'targetingKey' }, ARMS);
  const tests = testsOf(form);
  return {
    state: form.enabled ? 'ENABLED' : 'DISABLED',
    variants: { on: true, off: false },
    defaultVariant: fallback,
    targeting: tests.length === 0 ? split : { if: [{ and: tests }, split, fallback] },
  };
}

/** The form that makes this very flag; undefined: it says more than the form can. Metadata are left aside. */
export function toSimple(flag: FlagDefinition): SimpleFlag | undefined {
  const at = stageOf({ ...flag, state: 'ENABLED' }, ARMS);
  if (!at || !flag.targeting) return undefined;
  const fallbackEnabled = flag.defaultVariant === ARMS.to;
  const form = {
    enabled: flag.state === 'ENABLED',
    rolloutPercentage: at.percent,
    customers: at.customers,
    fallbackEnabled,
    ...readTests(flag.targeting),
  };
  const parsed = simpleFlag.safeParse(form);
  const { metadata: _, ...bare } = flag;
  return parsed.success && canonicalJson(fromSimple(parsed.data)) === canonicalJson(bare) ? parsed.data : undefined;
}

function testsOf({ environments, userGroups, conditions }: SimpleFlag): Logic[] {
  return [
    ...(environments.length === 0 ? [] : [environmentRule(environments)]),
    ...(userGroups.length === 0 ? [] : [groupRule(userGroups)]),
    ...conditions.map(({ operator, attribute, value }) => conditionRule(operator, attribute, value)),
  ];
}

const environmentRule = (environments: readonly string[]): Logic => ({ in: [{ var: 'environment' }, [...environments]] });
const groupRule = (groups: readonly string[]): Logic => ({ some: [{ var: 'groups' }, { in: [{ var: '' }, [...groups]] }] });

/** Where a test is none of the form's, it is left out, and the comparison afterwards tells. */
function readTests(rule: Logic): Partial<z.input<typeof simpleFlag>> {
  const [test] = listAt(rule, 'if');
  const found = {
    conditions: [] as NonNullable<ReturnType<typeof readCondition>>[],
    userGroups: [] as string[],
    environments: [] as string[],
  };
  for (const one of listAt(test, 'and')) {
    const within = listAt(one, 'in');
    const some = listAt(one, 'some');
    if (canonicalJson(within[0] ?? null) === '{"var":"environment"}') found.environments.push(...texts(within[1]));
    else if (some.length === 2) found.userGroups.push(...texts(listAt(some[1], 'in')[1]));
    else {
      const condition = readCondition(one);
      if (condition) found.conditions.push(condition);
    }
  }
  return found;
}

function listAt(rule: Logic | undefined, operator: string): readonly Logic[] {
  const args = typeof rule === 'object' && rule !== null && !Array.isArray(rule) ? rule[operator] : undefined;
  return Array.isArray(args) ? args : [];
}

const texts = (value: Logic | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
