import type { Plan } from './plan.ts';
import { referencesOf } from './references.ts';

/** The resources that a run of the plan locks, in the order in which it takes them: its target, and every table, flag and secret that it touches. */
export function locksOf(plan: Plan): string[] {
  const tables = referencesOf(plan).flatMap(({ to, name }) => (to === 'table' ? [`table:${name}`] : []));
  const environment = environmentOf(plan);
  const flags = flagsOf(plan).map((flag) => `flag:${environment}/${flag}`);
  const secrets = secretsOf(plan).map((secret) => `secret:${secret}`);
  return [...new Set([`target:${plan.target}`, ...tables, ...flags, ...secrets])].sort();
}

/** Keys of the flags whose traffic the plan shifts. */
export const flagsOf = (plan: Plan): string[] =>
  plan.phases.flatMap(({ components }) =>
    components.flatMap((component) => (component.kind === 'rollout' ? [component.flag] : [])),
  );

/** Names of the secrets that the plan rotates. */
const secretsOf = (plan: Plan): string[] =>
  plan.phases.flatMap(({ components }) =>
    components.flatMap((component) => (component.kind === 'rotate' ? [component.secretId] : [])),
  );

export const environmentOf = (plan: Plan): string => plan.target.slice(0, plan.target.indexOf('/'));
