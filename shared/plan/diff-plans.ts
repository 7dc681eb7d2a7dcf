import { canonicalJson } from './canonical-json.ts';
import type { Component, Plan } from './plan.ts';
import { pathText } from './problem.ts';

/** One difference. Phases and components are named, not counted: `phases[copy].components[cities].segments`. */
interface PlanChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface PlanDiff {
  readonly changes: readonly PlanChange[];
  /** Changes that a run cannot take over: what was done or locked already would no longer fit the plan. */
  readonly forbidden: readonly { readonly subject: string; readonly why: string }[];
}

/** What changed between the plan that a run started with and the one that it shall go on with; `finished` are component names. */
export function diffPlans(before: Plan, after: Plan, finished: readonly string[] = []): PlanDiff {
  return { changes: compare(before, after, ''), forbidden: forbiddenChanges(before, after, finished) };
}

function forbiddenChanges(before: Plan, after: Plan, finished: readonly string[]): PlanDiff['forbidden'] {
  const then = componentsOf(before);
  const now = componentsOf(after);
  const forbidden = finished.flatMap((name) => {
    const done = then.get(name);
    const kept = now.get(name);
    if (kept === undefined) return [{ subject: name, why: 'it is finished and the new plan does not have it' }];
    return canonicalJson(kept) === canonicalJson(done ?? null)
      ? []
      : [{ subject: name, why: 'it is finished and the new plan changes it' }];
  });
  if (before.target === after.target) return forbidden;
  return [{ subject: 'target', why: `the run holds the locks of ${before.target}` }, ...forbidden];
}

const componentsOf = (plan: Plan): Map<string, Component> =>
  new Map(plan.phases.flatMap(({ components }) => components.map((component) => [component.name, component] as const)));

function compare(before: unknown, after: unknown, path: string): PlanChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  const [then, now] = [partsOf(before), partsOf(after)];
  if (then === undefined || now === undefined || then.isList !== now.isList) return [{ path, change: 'changed', before, after }];
  const keys = new Set([...then.parts.keys(), ...now.parts.keys()]);
  const found = [...keys].flatMap((key): PlanChange[] => {
    const here = then.isList ? `${path}[${key}]` : joined(path, key);
    if (!now.parts.has(key)) return [{ path: here, change: 'removed', before: then.parts.get(key) }];
    if (!then.parts.has(key)) return [{ path: here, change: 'added', after: now.parts.get(key) }];
    return compare(then.parts.get(key), now.parts.get(key), here);
  });
  // The parts are the same and only their order differs.
  return found.length > 0 ? found : [{ path, change: 'changed', before: [...then.parts.keys()], after: [...now.parts.keys()] }];
}

const joined = (path: string, key: string): string => {
  const part = pathText([key]);
  return path === '' || part.startsWith('[') ? `${path}${part}` : `${path}.${part}`;
};

/** The parts of a list (by name where all its elements have one) or of an object (by key); undefined for anything else. */
function partsOf(value: unknown): { isList: boolean; parts: Map<string, unknown> } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return { isList: false, parts: new Map(Object.entries(value)) };
  const names = value.map(nameOf);
  const isNamed = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return { isList: true, parts: new Map(value.map((item, index) => [isNamed ? String(names[index]) : String(index), item])) };
}

function nameOf(value: unknown): string | undefined {
  const named = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  return typeof named === 'string' ? named : undefined;
}
