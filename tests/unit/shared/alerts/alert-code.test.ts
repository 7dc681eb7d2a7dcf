import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALERTS, atLeast } from '../../../../shared/alerts/alert-code.ts';

it('has every code and its severity in the guide, and no other', () => {
  const guide = readFileSync(new URL('../../../../docs/alerts.md', import.meta.url), 'utf8');
  const told = [...guide.matchAll(/^\| `([A-Z_]+)` \| (\w+) \|/gm)].map(([, code, severity]) => [code, severity]);
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(Object.entries(ALERTS).map(([code, { severity }]) => [code, severity])),
  );
});

it('orders severities', () => {
  expect([atLeast('info', 'warning'), atLeast('warning', 'warning'), atLeast('critical', 'info')]).toEqual([false, true, true]);
});
