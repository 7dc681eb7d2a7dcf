import * as z from 'zod';
import { name } from '../notation/names.ts';

/** How many at once; null: any number. 0 admits nobody. */
const most = z.int().min(0).max(10_000).nullable();
const person = z.strictObject({
  atOnce: most.optional(),
  /** Runs started in any 60 minutes. */
  perHour: most.optional(),
  /** Runs started in any 24 hours. */
  perDay: most.optional(),
});
export type PersonLimits = z.output<typeof person>;

/** Who may have how much under way. */
export const limits = z.strictObject({
  /** Runs at once, over all environments. */
  atOnce: most,
  /** Runs at once in one environment that names no number of its own. */
  perEnvironment: most,
  environments: z
    .record(
      name,
      z.strictObject({
        atOnce: most.optional(),
        /** Permits of named semaphores; one that is not named here has 1. */
        semaphores: z.record(name, z.int().min(0).max(10_000)).optional(),
      }),
    )
    .default({}),
  /** What is not said for a person or their role. */
  perPerson: person,
  /** By the roles that tokens carry. */
  roles: z.record(z.string().min(1).max(48), person).default({}),
  /** By the name under which they start runs. */
  people: z.record(z.string().min(1).max(200), person).default({}),
});
export type Limits = z.output<typeof limits>;

/** A person's own word counts before that of their role, and that before everybody's. */
export const limitsOf = ({ people, roles, perPerson }: Limits, person: string, role?: string): PersonLimits => ({
  ...perPerson,
  ...(role === undefined ? {} : own(roles, role)),
  ...own(people, person),
});

/** A name may be any text, also that of something every object has. */
const own = <T>(record: { readonly [name: string]: T }, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

export interface Need {
  /** What is counted: the same key counts together. */
  readonly key: string;
  readonly most: number;
  readonly kind: 'all' | 'environment' | 'person' | 'semaphore';
  readonly name: string;
}

export interface Needing {
  readonly environment: string;
  readonly actor: string;
  readonly role?: string | undefined;
  readonly semaphores: readonly string[];
}

/** Everything of which a run takes one while it is under way; what has no limit is left out. */
export function needsOf(all: Limits, { environment, actor, role, semaphores }: Needing): readonly Need[] {
  const here = own(all.environments, environment);
  const needs = [
    { kind: 'all', name: '', most: all.atOnce },
    { kind: 'environment', name: environment, most: here?.atOnce === undefined ? all.perEnvironment : here.atOnce },
    { kind: 'person', name: actor, most: limitsOf(all, actor, role).atOnce ?? null },
    ...semaphores.map((semaphore) => ({
      kind: 'semaphore' as const,
      name: `${environment}/${semaphore}`,
      most: own(here?.semaphores ?? {}, semaphore) ?? 1,
    })),
  ] as const;
  return needs.flatMap((need) => (need.most === null ? [] : [{ ...need, most: need.most, key: `${need.kind}:${need.name}` }]));
}
