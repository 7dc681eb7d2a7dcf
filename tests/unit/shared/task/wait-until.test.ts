import { expect, it } from 'vitest';
import { component } from '../../../../shared/plan/component.ts';
import type { WaitComponent } from '../../../../shared/plan/plan.ts';
import { waitUntil } from '../../../../shared/task/wait-until.ts';

it('ends a wait by when it started', () => {
  const wait = component.parse({ kind: 'wait', name: 'settle', for: '90s' }) as WaitComponent;
  expect(waitUntil(wait, Date.UTC(2026, 0, 1))).toBe('2026-01-01T00:01:30.000Z');
});
