import { MemoryArtefacts } from '../../../adapters/memory/artefacts.ts';
import { seededIds } from '../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../adapters/memory/store.ts';
import { MemoryTables } from '../../../adapters/memory/tables.ts';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import type { Deps } from '../../../functions/deps.ts';
import type { RunEvent } from '../../../shared/ports/events.ts';

type Overrides = { readonly [Port in keyof Deps]?: Deps[Port] | Partial<Deps[Port]> };

/** Deps in memory; what a test does not give and its function should not need fails when it is used. */
export function memoryDeps(overrides: Overrides = {}): Deps & { readonly published: RunEvent[] } {
  const published: RunEvent[] = [];
  const clock = (overrides.clock ?? new VirtualClock()) as VirtualClock;
  const unused = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(`${String(name)} was not expected`)) });
  return {
    clock,
    ids: seededIds(1, clock),
    store: new MemoryStore(),
    tables: new MemoryTables(),
    artefacts: new MemoryArtefacts(),
    events: { publish: async (events: readonly RunEvent[]) => void published.push(...events) },
    workflow: unused,
    code: unused,
    http: unused,
    metrics: unused,
    alarms: unused,
    notifier: unused,
    environment: 'test',
    access: { rolesClaim: 'slipway:roles' },
    retention: 30 * 24 * 3_600_000,
    auditRetention: 400 * 24 * 3_600_000,
    ...overrides,
    published,
  } as Deps & { readonly published: RunEvent[] };
}
