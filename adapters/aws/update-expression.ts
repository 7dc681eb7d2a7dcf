import type { Clause, Write } from '../../shared/ports/store.ts';

/** A write in DynamoDB's expression language; values are plain JavaScript values. */
export interface UpdateExpression {
  readonly update: string | undefined;
  readonly condition: string | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Compiles a write. Every name and value is a placeholder, so no attribute can collide with a reserved word. */
export const updateExpression = (write: Write): UpdateExpression => {
  const bound = new Placeholders();
  const sections = [
    section('SET', [...settings(write)], ([name, value, keeps]) => {
      const place = bound.name(name);
      return `${place} = ${keeps ? `if_not_exists(${place}, ${bound.value(value)})` : bound.value(value)}`;
    }),
    section('REMOVE', write.remove ?? [], (name) => bound.name(name)),
    section('ADD', Object.entries(write.add ?? {}), ([name, amount]) => `${bound.name(name)} ${bound.value(amount)}`),
  ].filter((text) => text !== '');
  const condition = write.when.map((clause) => compile(clause, bound)).join(' AND ');
  return {
    update: sections.join(' ') || undefined,
    condition: condition || undefined,
    names: bound.names,
    values: bound.values,
  };
};

function* settings({ set = {}, keep = {} }: Write): Generator<readonly [name: string, value: unknown, keeps: boolean]> {
  for (const [name, value] of Object.entries(set)) yield [name, value, false];
  for (const [name, value] of Object.entries(keep)) yield [name, value, true];
}

const section = <T>(keyword: string, entries: readonly T[], text: (entry: T) => string): string =>
  entries.length === 0 ? '' : `${keyword} ${entries.map(text).join(', ')}`;

const compile = (clause: Clause, bound: Placeholders): string => {
  if (clause.test === 'any') {
    if (clause.of.length > 0) return `(${clause.of.map((one) => compile(one, bound)).join(' OR ')})`;
    const key = bound.name('pk');
    return `(attribute_exists(${key}) AND attribute_not_exists(${key}))`;
  }
  const name = bound.name(clause.attribute);
  switch (clause.test) {
    case 'absent':
      return `attribute_not_exists(${name})`;
    case 'equals':
      return `${name} = ${bound.value(clause.value)}`;
    case 'notEquals':
      return `${name} <> ${bound.value(clause.value)}`;
    case 'lessThan':
      return `${name} < ${bound.value(clause.value)}`;
  }
};

class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};
  readonly #known = new Map<string, string>();
  #values = 0;

  name(attribute: string): string {
    const known = this.#known.get(attribute);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#known.size}`;
    this.#known.set(attribute, placeholder);
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(value: unknown): string {
    const placeholder = `:v${this.#values++}`;
    this.values[placeholder] = value;
    return placeholder;
  }
}
