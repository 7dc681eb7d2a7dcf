import * as z from 'zod';
import { type Overdue, overdue } from '../admission/overdue.ts';
import { admissionsOf } from '../admission/queue.ts';
import type { Item, Store, Value } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { haltKey, limitsKey, queueKey, queueWatchKey, runKey } from '../run/keys.ts';
import { readAll } from '../run/read-all.ts';
import type { RunDeps } from '../run/run-access.ts';
import { ACTIVE, readRun } from '../run/run-state.ts';
import { loadAlertSettings } from './alert-settings.ts';
import type { Signal } from './alert-signals.ts';
import type { Source } from './decide-alert.ts';

/** Since when each of these runs could have gone in, as far as it was looked at, and whether people were told. */
const sightings = z.record(z.string(), z.object({ since: z.number(), environment: z.string(), raised: z.boolean() }));
type Sightings = z.output<typeof sightings>;

type Take = (environment: string, signal: Signal, source: Source) => Promise<unknown>;

const MINUTE = 60_000;

/** Raises QUEUE_STUCK of each run that could have gone in for longer than its environment bears, and resolves it. Called again and again. */
export async function watchQueue(deps: JournalDeps & Pick<RunDeps, 'limits'>, take: Take): Promise<void> {
  const [queueItem, limitsItem, watch] = await deps.store.readMany([queueKey, limitsKey, queueWatchKey]);
  const { queue, limits } = admissionsOf(deps, queueItem, limitsItem);
  const before = sightings.parse(watch?.['seen'] ?? {});
  const waits = queue.places.some(({ heldSince }) => heldSince === undefined);
  if (!waits && Object.keys(before).length === 0) return;
  const now = deps.clock.now();
  const isUnderWay = await underWay(
    deps.store,
    queue.places.map(({ runId }) => runId),
  );
  const found = await outsideHalts(deps.store, overdue(queue.places, limits, isUnderWay, now));
  const seen: Sightings = {};
  for (const one of found) {
    const { since, raised } = before[one.runId] ?? { since: now, raised: false };
    const { settings } = await loadAlertSettings(deps.store, one.environment);
    const stuck = now - since >= settings.queueStuckMinutes * MINUTE;
    if (stuck && !raised) await take(one.environment, stuckSignal(one, now - since), sourceOf(one.runId, since, now));
    seen[one.runId] = { since, environment: one.environment, raised: raised || stuck };
  }
  for (const [runId, { since, environment, raised }] of Object.entries(before)) {
    if (!raised || seen[runId]) continue;
    const reason = 'It has gone in, or waits no more.';
    await take(environment, { resolve: 'QUEUE_STUCK', subject: `run/${runId}`, reason }, sourceOf(runId, since, now, 'over'));
  }
  // Last, so that who dies before raises it again, which is the same alert.
  if (JSON.stringify(seen) !== JSON.stringify(before)) await keep(deps, watch, seen);
}

const sourceOf = (runId: string, since: number, at: number, end = 'stuck'): Source => ({
  name: `queue/${runId}/${since}/${end}`,
  at,
});

function stuckSignal({ runId, behind }: Overdue, ms: number): Signal {
  const minutes = Math.floor(ms / MINUTE);
  const [first, ...others] = behind;
  const why =
    first === undefined
      ? 'while a slot is free'
      : `behind run ${first}${others.length === 0 ? '' : ` and ${others.length} more`}, which holds a slot and is not under way`;
  return {
    raise: 'QUEUE_STUCK',
    subject: `run/${runId}`,
    message: `Run ${runId} has waited at the head of the queue for ${minutes} min ${why}.`,
    next: `slipway health; where it does not go in by itself: slipway rollback ${runId} -m REASON, and start it again`,
  };
}

async function underWay(store: Store, runIds: readonly string[]): Promise<(runId: string) => boolean> {
  const items = await readAll(store, runIds.map(runKey));
  const active = new Set(runIds.filter((_, at) => items[at] !== undefined && ACTIVE.has(readRun(items[at]).status)));
  return (runId) => active.has(runId);
}

/** An environment that is halted lets nobody in. */
async function outsideHalts(store: Store, found: readonly Overdue[]): Promise<readonly Overdue[]> {
  const environments = [...new Set(found.map(({ environment }) => environment))];
  const halts = await readAll(store, environments.map(haltKey));
  const halted = new Set(environments.filter((_, at) => halts[at]?.['active'] === true));
  return found.filter(({ environment }) => !halted.has(environment));
}

/** Of two looks at once, one counts. */
async function keep(deps: JournalDeps, watch: Item | undefined, seen: Sightings): Promise<void> {
  const rev = Number(watch?.['rev'] ?? 0);
  await commit(deps, {
    name: 'queue.watch',
    key: queueWatchKey,
    set: { seen: seen as unknown as Value, schemaVersion: 1 },
    add: { rev: 1 },
    when: [rev === 0 ? { test: 'absent', attribute: 'rev' } : { test: 'equals', attribute: 'rev', value: rev }],
  });
}
