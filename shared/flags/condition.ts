import { canonicalJson } from '../plan/canonical-json.ts';
import type { Logic } from './flag-document.ts';

type ConditionValue = string | number | boolean | (string | number)[];
type Build = (attribute: Logic, value: Logic) => Logic;

interface Condition {
  readonly takes: 'any' | 'number' | 'string' | 'list';
  readonly build: Build;
}

const read = (attribute: Logic): Logic => ({ var: attribute });
/** An attribute that lacks is no number: it would count as 0. */
const present = (attribute: Logic, rule: Logic): Logic => ({ and: [{ '!': [{ missing: [attribute] }] }, rule] });
const comparison = (operator: string): Condition => ({
  takes: 'number',
  build: (attribute, value) => present(attribute, { [operator]: [read(attribute), value] }),
});
const affix = (operator: string): Condition => ({
  takes: 'string',
  build: (attribute, value) => ({ [operator]: [read(attribute), value] }),
});
const version = (operator: string): Condition => ({
  takes: 'string',
  build: (attribute, value) => ({ sem_ver: [read(attribute), operator, value] }),
});

/** What a condition of the form can ask of an attribute, and the rule that asks it. */
export const CONDITION_OPERATORS = {
  equals: { takes: 'any', build: (attribute, value) => ({ '===': [read(attribute), value] }) },
  notEquals: { takes: 'any', build: (attribute, value) => ({ '!==': [read(attribute), value] }) },
  in: { takes: 'list', build: (attribute, value) => ({ in: [read(attribute), value] }) },
  notIn: { takes: 'list', build: (attribute, value) => ({ '!': [{ in: [read(attribute), value] }] }) },
  contains: { takes: 'string', build: (attribute, value) => ({ in: [value, read(attribute)] }) },
  startsWith: affix('starts_with'),
  endsWith: affix('ends_with'),
  greaterThan: comparison('>'),
  atLeast: comparison('>='),
  lessThan: comparison('<'),
  atMost: comparison('<='),
  versionAtLeast: version('>='),
  versionBelow: version('<'),
} as const satisfies Readonly<Record<string, Condition>>;
export type ConditionOperator = keyof typeof CONDITION_OPERATORS;

export const conditionRule = (operator: ConditionOperator, attribute: string, value: ConditionValue): Logic =>
  CONDITION_OPERATORS[operator].build(attribute, value);

export interface ReadCondition {
  readonly operator: ConditionOperator;
  readonly attribute: string;
  readonly value: ConditionValue;
}

/** The condition that makes this very rule; undefined: none does. */
export function readCondition(rule: Logic): ReadCondition | undefined {
  for (const operator of Object.keys(CONDITION_OPERATORS) as ConditionOperator[]) {
    const holes: Holes = {};
    const { build } = CONDITION_OPERATORS[operator];
    fill(build(HOLE.attribute, HOLE.value), rule, holes);
    const { attribute, value } = holes;
    if (typeof attribute !== 'string' || value === undefined || value === null) continue;
    if (canonicalJson(build(attribute, value)) === canonicalJson(rule))
      return { operator, attribute, value: value as ConditionValue };
  }
  return undefined;
}

/** No attribute or value of a document: control characters are refused there. */
const HOLE = { attribute: '\u0000attribute', value: '\u0000value' } as const;
interface Holes {
  attribute?: Logic;
  value?: Logic;
}

function fill(template: Logic, rule: Logic | undefined, holes: Holes): void {
  if (rule === undefined) return;
  if (template === HOLE.attribute) holes.attribute = rule;
  else if (template === HOLE.value) holes.value = rule;
  else if (typeof template === 'object' && template !== null && typeof rule === 'object' && rule !== null) {
    for (const [key, part] of Object.entries(template)) fill(part, (rule as Readonly<Record<string, Logic>>)[key], holes);
  }
}
