import * as z from 'zod';
import { StoredPlanNotFoundError } from '../errors/plan-store-errors.ts';
import { RevisionError } from '../errors/told-errors.ts';
import type { Item, Key, Store, Value, Write } from '../ports/store.ts';
import { create, flushEvent, type JournalDeps } from '../run/journal.ts';
import { readable } from '../run/run-state.ts';
import { SCHEMA_VERSION } from '../run/writes.ts';

/** One version of a plan that is kept: it never changes, and the plan itself is an artefact, by its digest. */
export const planVersion = z.object({
  environment: z.string(),
  name: z.string(),
  /** 1, 2, 3 and so on. */
  version: z.number(),
  digest: z.string(),
  target: z.string(),
  actor: z.string(),
  reason: z.string(),
  /** Epoch ms. */
  at: z.number(),
  /** The folder of the functions beside it, where the control plane is embedded. */
  baseDir: z.string().optional(),
});
export type PlanVersion = z.output<typeof planVersion>;

const readVersion = (item: Item): PlanVersion => planVersion.parse(readable(item));

const partition = (environment: string, name: string): string => `PLAN#${environment}#${name}`;
const versionKey = (environment: string, name: string, version: number): Key => ({
  pk: partition(environment, name),
  sk: `${PREFIX}${String(version).padStart(9, '0')}`,
});
const PREFIX = 'VERSION#';
const listingOf = (environment: string): string => `plan#${environment}`;

export interface PlanPut extends Omit<PlanVersion, 'version' | 'at'> {
  /** The version that the caller saw, 0 for none; left out: whatever is there. */
  readonly ifVersion?: number | undefined;
}

/** Keeps a new version, unless the latest is this very plan. Throws RevisionError where somebody else has kept one meanwhile. */
export async function putPlan(
  deps: JournalDeps,
  { ifVersion, ...put }: PlanPut,
): Promise<{ readonly plan: PlanVersion; readonly created: boolean }> {
  const { environment, name, actor, reason, digest } = put;
  const latest = await latestPlan(deps.store, environment, name);
  const found = latest?.version ?? 0;
  if (ifVersion !== undefined && ifVersion !== found) throw changed(name, `is at version ${found}, not ${ifVersion}.`);
  if (latest?.digest === digest && latest.baseDir === put.baseDir) return { plan: latest, created: false };
  const version = found + 1;
  const key = versionKey(environment, name, version);
  const draft = { type: 'planPut', actor, data: { version, digest, reason } } as const;
  // The first version stands for the plan in the list of all.
  const listed = version === 1 ? { listing: listingOf(environment), listingSort: name } : {};
  const { baseDir, ...facts } = put;
  const set = { ...facts, ...(baseDir === undefined ? {} : { baseDir }), version, at: deps.clock.now(), ...listed };
  const made = await create(deps, key, draft, 0, written(key), set);
  if (!made.applied) throw changed(name, 'was changed meanwhile.');
  await flushEvent(deps, made.item);
  return { plan: readVersion(made.item), created: true };
}

/** A version is written once. */
const written =
  (key: Key) =>
  (set: Record<string, Value>): Write => ({
    name: 'plan.version',
    key,
    set: { ...set, schemaVersion: SCHEMA_VERSION },
    add: { rev: 1 },
    when: [{ test: 'absent', attribute: 'rev' }],
  });

const changed = (name: string, what: string): RevisionError =>
  new RevisionError(`The plan ${name} ${what}`, { next: `slipway plans get ${name}, then repeat the change on what it is now.` });

async function latestPlan(store: Store, environment: string, name: string): Promise<PlanVersion | undefined> {
  const { items } = await store.list(partition(environment, name), { prefix: PREFIX, descending: true, limit: 1 });
  return items[0] && readVersion(items[0]);
}

/** A version, the latest where none is named. Throws StoredPlanNotFoundError. */
export async function requirePlanVersion(
  store: Store,
  environment: string,
  name: string,
  version?: number,
): Promise<PlanVersion> {
  const item = version === undefined ? undefined : await store.read(versionKey(environment, name, version));
  const found = version === undefined ? await latestPlan(store, environment, name) : item && readVersion(item);
  if (found) return found;
  const which = version === undefined ? 'no plan' : `no version ${version} of a plan`;
  throw new StoredPlanNotFoundError(`There is ${which} ${name} in ${environment}.`, { next: 'slipway plans list' });
}

interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
}
interface PlanPage {
  readonly plans: readonly PlanVersion[];
  readonly cursor?: string;
}

const pageOf = ({ limit, cursor }: PageOptions) => ({ limit, ...(cursor === undefined ? {} : { cursor }) });

/** The latest first. */
export async function listPlanVersions(store: Store, environment: string, name: string, page: PageOptions): Promise<PlanPage> {
  const options = { prefix: PREFIX, descending: true, ...pageOf(page) };
  const { items, cursor } = await store.list(partition(environment, name), options);
  return { plans: items.map(readVersion), ...(cursor === undefined ? {} : { cursor }) };
}

/** The latest version of each, by name; one query a plan. */
export async function listPlans(store: Store, environment: string, page: PageOptions): Promise<PlanPage> {
  const { items, cursor } = await store.listIndex('listing', listingOf(environment), pageOf(page));
  const latest = await Promise.all(items.map(({ pk }) => latestPlan(store, environment, pk.split('#')[2] ?? '')));
  return { plans: latest.filter((plan) => plan !== undefined), ...(cursor === undefined ? {} : { cursor }) };
}

/** `cities`, `cities@3` or `cities@latest`. */
export const planReference = z
  .string()
  .regex(/^[a-z0-9-]{1,48}(?:@(?:latest|[1-9]\d{0,8}))?$/, 'must be a plan that is kept: name or name@version')
  .transform((text) => {
    const [name = '', version = 'latest'] = text.split('@');
    return version === 'latest' ? { name } : { name, version: Number(version) };
  });
