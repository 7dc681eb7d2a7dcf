import type { Plan } from './plan.ts';
import { referencesOf } from './references.ts';

/** The resources that a run of the plan locks, in the order in which it takes them: its target, and every table that it touches. */
export function locksOf(plan: Plan): string[] {
  const tables = referencesOf(plan).flatMap(({ to, name }) => (to === 'table' ? [`table:${name}`] : []));
  return [...new Set([`target:${plan.target}`, ...tables])].sort();
}
