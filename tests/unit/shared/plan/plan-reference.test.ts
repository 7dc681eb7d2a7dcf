import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planJsonSchema } from '../../../../shared/plan/json-schema.ts';
import { parsePlan, parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import { PROBLEM_CODES } from '../../../../shared/plan/problem.ts';
import { HEAD, problemsOf } from './sample-plan.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
  readonly default?: unknown;
}

const text = readFileSync(new URL('../../../../docs/plan.md', import.meta.url), 'utf8');
const sections = new Map(text.split(/^###? /m).map((section) => [section.split('\n', 1)[0] ?? '', section]));
const EVERY = ['name', 'retry', 'timeouts', 'description'];

/** `section, key, default` of every key of the schema, and of the keys inside it. */
function keysOf(section: string, node: Node): [string, string, string][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inside]) => {
    const shown =
      inside.default === undefined ? (node.required?.includes(key) ? 'required' : 'none') : defaultText(inside.default);
    const place = EVERY.includes(key) && sectionKind(node) === 'kind' ? 'every component' : section;
    const own = key === 'retry' || key === 'timeouts' ? key : section;
    return [[place, key, shown], ...keysOf(own, inside), ...listed(section, key, inside)];
  });
}

function listed(section: string, key: string, { items }: Node): [string, string, string][] {
  if (key === 'phases' && items) return keysOf('phase', items);
  const options = items?.oneOf ?? (items?.properties ? [items] : []);
  return options.flatMap((option) => {
    const type = sectionKind(option);
    if (type === undefined) return keysOf(section, option);
    const what = type === 'kind' ? '' : key === 'guardrails' ? ' guardrail' : ' check';
    return keysOf(`${option.properties?.[type]?.const}${what}`, option);
  });
}

const sectionKind = (node: Node) => (['kind', 'type'] as const).find((key) => node.properties?.[key]?.const !== undefined);
const defaultText = (value: unknown) => `\`${JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ')}\``;

describe('docs/plan.md', () => {
  const keys = new Map(keysOf('plan', planJsonSchema()).map((key) => [key.join(' '), key] as const));

  it('is held against the whole schema', () => {
    expect(keys.size).toBeGreaterThan(60);
  });

  it.each([...keys.values()])('has in section %s the key %s with the default %s', (section, key, shown) => {
    const rows = (sections.get(section) ?? '').split('\n').filter((line) => line.startsWith(`| \`${key}\` |`));
    expect(rows).toContainEqual(expect.stringContaining(`| ${shown} |`));
  });

  it.each(PROBLEM_CODES)('explains %s', (code) => {
    expect(sections.get('Problems')).toContain(`\`${code}\``);
  });

  const examples = [...text.matchAll(/```yaml( plan)?\n([\s\S]*?)```/g)].map(([, whole, yaml = '']) => ({ whole, yaml }));

  it.each(examples)('shows only examples that are valid: $yaml', ({ whole, yaml }) => {
    const parsed = whole
      ? parsePlan(yaml)
      : parsePlanObject({ ...parse(HEAD), phases: [{ name: 'one', components: [parse(yaml)] }] });
    expect(problemsOf(parsed)).toEqual([]);
  });
});
