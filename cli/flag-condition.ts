import { InvalidArgumentError } from 'commander';
import { CONDITION_OPERATORS, type ConditionOperator } from '../shared/flags/condition.ts';
import type { SimpleFlag } from '../shared/flags/simple-flag.ts';

type Condition = SimpleFlag['conditions'][number];

/** Longer ones first, so that `>=` is not read as `>`. */
const SIGNS: readonly (readonly [string, ConditionOperator])[] = [
  ['!=', 'notEquals'],
  ['>=', 'atLeast'],
  ['<=', 'atMost'],
  ['^=', 'startsWith'],
  ['$=', 'endsWith'],
  ['*=', 'contains'],
  ['=', 'equals'],
  ['>', 'greaterThan'],
  ['<', 'lessThan'],
];

const LISTS: Readonly<Partial<Record<ConditionOperator, ConditionOperator>>> = { equals: 'in', notEquals: 'notIn' };
const CONDITION = /^([A-Za-z_][\w.-]*)(?:\s+([A-Za-z]+)\s+|\s*(!=|>=|<=|\^=|\$=|\*=|=|>|<)\s*)(.+)$/s;

/** `country=DE`, `country=DE|FR`, `age>=18`, `version versionAtLeast 2.1.0`. Throws InvalidArgumentError. */
export function parseCondition(text: string): Condition {
  const [, attribute, word, sign, value = ''] = CONDITION.exec(text.trim()) ?? [];
  const operator = SIGNS.find(([spelt]) => spelt === sign)?.[1] ?? Object.keys(CONDITION_OPERATORS).find((name) => name === word);
  if (attribute === undefined || operator === undefined) {
    const words = Object.keys(CONDITION_OPERATORS).join(', ');
    throw new InvalidArgumentError(
      `It must be such as country=DE, country=DE|FR, age>=18, or an attribute, one of ${words}, and a value.`,
    );
  }
  return conditionOf(attribute, operator as ConditionOperator, value.trim());
}

function conditionOf(attribute: string, operator: ConditionOperator, text: string): Condition {
  const list = !isQuoted(text) && text.includes('|') ? LISTS[operator] : undefined;
  const chosen = list ?? operator;
  switch (CONDITION_OPERATORS[chosen].takes) {
    case 'list':
      return { attribute, operator: chosen, value: text.split('|').map((part) => listed(part.trim())) };
    case 'string':
      return { attribute, operator: chosen, value: isQuoted(text) ? String(scalarOf(text)) : text };
    case 'number':
      if (typeof scalarOf(text) === 'number') return { attribute, operator: chosen, value: Number(text) };
      throw new InvalidArgumentError(`${text} is no number, which ${chosen} compares with.`);
    case 'any':
      return { attribute, operator: chosen, value: scalarOf(text) };
  }
}

const isQuoted = (text: string): boolean => /^".*"$/s.test(text);

/** As JSON where it is a number, true, false or quoted text; anything else is text. */
function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return Number(text);
  if (!isQuoted(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

const listed = (text: string): string | number => {
  const value = scalarOf(text);
  return typeof value === 'boolean' ? String(value) : value;
};

/** The same as a person writes it. */
export function conditionText({ attribute, operator, value }: Condition): string {
  if (Array.isArray(value)) return `${attribute} ${operator === 'in' ? 'is one of' : 'is none of'} ${value.join(', ')}`;
  const sign = SIGNS.find(([, name]) => name === operator)?.[0];
  return sign === undefined ? `${attribute} ${operator} ${value}` : `${attribute} ${sign} ${value}`;
}
