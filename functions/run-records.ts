import { admissionsOf, mayWait, standingsIn } from '../shared/admission/queue.ts';
import type { RunRecords } from '../shared/api/view-run.ts';
import type { Plan } from '../shared/plan/plan.ts';
import type { Item, Key, Store } from '../shared/ports/store.ts';
import { componentKey, limitsKey, lockKey, queueKey, runKey } from '../shared/run/keys.ts';
import { listAll } from '../shared/run/list-all.ts';
import { holdersIn } from '../shared/run/locks.ts';
import { readAll } from '../shared/run/read-all.ts';
import { runIn, runNotFound } from '../shared/run/run-access.ts';
import type { RunState } from '../shared/run/run-state.ts';
import { readWork } from '../shared/run/work-state.ts';
import type { Deps } from './deps.ts';
import { loadPlan } from './plans.ts';

/** Where all is that a view of a run shows, as its item at a revision tells. */
interface Whereabouts {
  readonly rev: number;
  readonly keys: readonly Key[];
  /** Of sort keys in its partition. */
  readonly prefixes: readonly string[];
}

/**
 * By run, of those that were looked at last: whoever looks again reads everything in one round of requests. Only what was read beside the
 * very revision that told where it is counts, so nothing is shown that is older than the run.
 */
const known = new WeakMap<Store, Map<string, Whereabouts>>();
const KEPT = 1000;
/** Looks at a run that keeps moving on meanwhile; then it is shown as it was read. */
const LOOKS = 4;
/** Each key takes a read unit of its own, a query one for 4 KB of small items. */
const BY_KEY = 3;

/** Reads everything about a run but its events. */
export async function readRunRecords(deps: Deps, runId: string): Promise<RunRecords> {
  const remembered = known.get(deps.store) ?? new Map<string, Whereabouts>();
  known.set(deps.store, remembered);
  let where = remembered.get(runId) ?? { rev: 0, keys: [runKey(runId)], prefixes: [] };
  for (let looks = 1; ; looks += 1) {
    const items = await readItems(deps.store, runId, where);
    const run = runIn(items.get(address(runKey(runId))));
    if (!run) throw runNotFound(runId);
    const plan = await loadPlan(deps.artefacts, run.plan.digest);
    if (run.rev === where.rev || looks === LOOKS) return recordsOf(deps, run, plan, items);
    where = whereaboutsOf(run, plan);
    remembered.delete(runId);
    remembered.set(runId, where);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= KEPT) break;
      remembered.delete(oldest);
    }
  }
}

function whereaboutsOf(run: RunState, plan: Plan): Whereabouts {
  const { id, rev, components, resources } = run;
  const few = components.length <= BY_KEY;
  const checked = plan.phases.some(
    (phase) => phase.validate.length > 0 || phase.components.some((one) => 'checks' in one && one.checks.length > 0),
  );
  return {
    rev,
    keys: [
      runKey(id),
      ...(few ? components.map(({ name }) => componentKey(id, name)) : []),
      ...resources.map(lockKey),
      ...(mayWait(run) ? [queueKey, limitsKey] : []),
    ],
    prefixes: [
      ...(few ? [] : ['COMPONENT#']),
      ...(components.some(({ kind }) => kind === 'batch') ? ['SEGMENT#'] : []),
      ...(checked ? ['VALIDATION#'] : []),
    ],
  };
}

const address = ({ pk, sk }: Key): string => `${pk} ${sk}`;

async function readItems(store: Store, runId: string, { keys, prefixes }: Whereabouts): Promise<ReadonlyMap<string, Item>> {
  const { pk } = runKey(runId);
  const found = await Promise.all([readAll(store, keys), ...prefixes.map((prefix) => listAll(store, pk, prefix))]);
  return new Map(found.flat().flatMap((item) => (item ? [[address(item), item] as const] : [])));
}

function recordsOf(deps: Deps, run: RunState, plan: Plan, items: ReadonlyMap<string, Item>): RunRecords {
  const at = (key: Key) => items.get(address(key));
  const within = (prefix: string) => [...items.values()].filter(({ sk }) => sk.startsWith(prefix));
  const now = deps.clock.now();
  const turn = mayWait(run) ? standingsIn(admissionsOf(deps, at(queueKey), at(limitsKey)), now).get(run.id) : undefined;
  return {
    run,
    plan,
    components: within('COMPONENT#').map((item) => ({ name: item.sk.slice('COMPONENT#'.length), item, work: readWork(item) })),
    segments: new Map(
      [...Map.groupBy(within('SEGMENT#'), ({ sk }) => sk.split('#')[1] ?? '')].map(([name, all]) => [name, all.map(readWork)]),
    ),
    // One that was seized and never recorded holds no result.
    validations: within('VALIDATION#').filter((item) => item['result'] !== undefined),
    holders: holdersIn([...run.resources].sort().map((resource) => at(lockKey(resource)))),
    turn,
    now,
  };
}
