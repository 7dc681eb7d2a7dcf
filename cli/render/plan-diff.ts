import type { z } from 'zod';
import type { planDiff } from '../../shared/api/problem-detail.ts';
import type { Paint } from './paint.ts';

/** What changed in a plan: `+` added, `-` removed, `~` changed; then what a run cannot take over. */
export function diffLines({ changes, forbidden }: z.output<typeof planDiff>, paint: Paint): string[] {
  const text = (value: unknown) => JSON.stringify(value ?? null);
  const lines = changes.map(({ path, change, before, after }) => {
    if (change === 'added') return paint.green(`  + ${path}: ${text(after)}`);
    if (change === 'removed') return paint.red(`  - ${path}: ${text(before)}`);
    return paint.yellow(`  ~ ${path}: ${text(before)} -> ${text(after)}`);
  });
  return [...lines, ...forbidden.map(({ subject, why }) => paint.red(`  not possible: ${subject}: ${why}`))];
}
