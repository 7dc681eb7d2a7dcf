import { describe, expect, it } from 'vitest';
import { planJsonSchema } from '../../../../shared/plan/json-schema.ts';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every named property of the schema that has no description. */
function undescribed(node: unknown, path = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => undescribed(item, `${path}[${index}]`));
  if (!isNode(node)) return [];
  const properties = isNode(node['properties']) ? Object.entries(node['properties']) : [];
  const bare = properties.filter(
    ([, inside]) => isNode(inside) && inside['description'] === undefined && inside['const'] === undefined,
  );
  return [
    ...bare.map(([key]) => `${path}.${key}`),
    ...Object.entries(node).flatMap(([key, inside]) => undescribed(inside, `${path}.${key}`)),
  ];
}

describe('planJsonSchema', () => {
  const schema = planJsonSchema();

  it('is JSON Schema 2020-12 of the plan as it is written', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Slipway plan',
      type: 'object',
      required: ['slipway', 'name', 'target', 'phases'],
      additionalProperties: false,
      properties: {
        slipway: { const: 1 },
        onFailure: { default: 'rollback' },
        timeouts: { properties: { import: { type: 'string', default: '5m' } } },
      },
    });
  });

  it('tells the longest time of a step, which no pattern can', () => {
    expect(JSON.stringify(schema)).toContain('The time-out of one call of the function, at most 50s.');
  });

  it('describes every key', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});
