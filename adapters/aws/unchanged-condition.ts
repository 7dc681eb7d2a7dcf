import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './attribute-values.ts';

/** A condition in DynamoDB's expression language with what its placeholders stand for. */
export class Condition {
  readonly names: Record<string, string> = {};
  readonly values: Attributes = {};
  readonly #clauses: string[] = [];
  #names = 0;
  #values = 0;

  name(attribute: string): string {
    const placeholder = `#n${this.#names++}`;
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(value: AttributeValue): string {
    const placeholder = `:v${this.#values++}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  require(clause: string): void {
    this.#clauses.push(clause);
  }

  get text(): string {
    return this.#clauses.join(' AND ');
  }
}

/** An expression holds some 300 operators; up to this many leaves nested values are compared one by one. */
const MOST_LEAVES = 100;

/**
 * Requires that every attribute still has its value. Lists and maps are compared leaf by leaf with their sizes: the embedded store
 * finds no two of them equal. Where that were too many clauses they are compared whole, which on the embedded store refuses.
 */
export const requireUnchanged = (condition: Condition, attributes: Attributes): void => {
  const deep = leaves(Object.values(attributes)) <= MOST_LEAVES;
  for (const [name, value] of Object.entries(attributes)) requireValue(condition, condition.name(name), value, deep);
};

const requireValue = (condition: Condition, path: string, value: AttributeValue, deep: boolean): void => {
  if (deep && value.L !== undefined) {
    requireShape(condition, path, 'L', value.L.length);
    for (const [at, element] of value.L.entries()) requireValue(condition, `${path}[${at}]`, element, deep);
  } else if (deep && value.M !== undefined) {
    const entries = Object.entries(value.M);
    requireShape(condition, path, 'M', entries.length);
    for (const [name, element] of entries) requireValue(condition, `${path}.${condition.name(name)}`, element, deep);
  } else {
    condition.require(`${path} = ${condition.value(value)}`);
  }
};

const requireShape = (condition: Condition, path: string, type: 'L' | 'M', size: number): void => {
  condition.require(`attribute_type(${path}, ${condition.value({ S: type })})`);
  condition.require(`size(${path}) = ${condition.value({ N: String(size) })}`);
};

const leaves = (values: readonly AttributeValue[]): number =>
  values.reduce((total, value) => total + 1 + leaves(value.L ?? Object.values(value.M ?? {})), 0);
