import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { timelineEvent } from '../../../../shared/api/timeline.ts';
import { runStatus } from '../../../../shared/run/run-state.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const text = read('docs/events.md');
const example = (name: string) => JSON.parse(new RegExp(`\`\`\`json ${name}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? 'null');
const section = text.slice(text.indexOf('## Types'), text.indexOf('## Delivery'));
const rows = new Set([...section.matchAll(/^\| `(\w+)` \| [a-z]/gm)].map(([, type]) => type ?? ''));
const unwritten = new Set(
  [...(/nothing writes today: (.*)/.exec(text)?.[1]?.matchAll(/`(\w+)`/g) ?? [])].map(([, type]) => type ?? ''),
);
const port = read('shared/ports/events.ts');
const types = [...(/export type EventType =([\s\S]*?);/.exec(port)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
  ([, type]) => type ?? '',
);

describe('docs/events.md', () => {
  it('is held against the types of the port', () => {
    expect(types.length).toBeGreaterThan(15);
    expect([...rows, ...unwritten].filter((type) => !types.includes(type))).toEqual([]);
    expect([...rows].filter((type) => unwritten.has(type))).toEqual([]);
  });

  it.each(types)('explains %s, or says that nothing writes it', (type) => {
    expect(rows.has(type) || unwritten.has(type)).toBe(true);
  });

  it('shows an event that is one, and explains each of its fields', () => {
    const shown = timelineEvent.strict().parse(example('event'));
    expect(types).toContain(shown.type);
    for (const field of Object.keys(timelineEvent.shape)) expect(text).toMatch(new RegExp(`^\\|[^|]*\`${field}\`[^|]*\\|`, 'm'));
  });

  it('shows a rule of types and statuses that exist', () => {
    const { source, 'detail-type': caught, detail } = example('pattern');
    expect(source).toEqual([/EVENT_SOURCE = '(\w+)'/.exec(read('adapters/aws/event-bus.ts'))?.[1]]);
    for (const type of caught) expect(rows).toContain(type);
    expect(detail.item).toEqual(['RUN']);
    for (const status of detail.data.to) expect(runStatus.options).toContain(status);
  });
});
