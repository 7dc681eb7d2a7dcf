import type { MemoryStore } from '../../adapters/memory/store.ts';
import { brokenAt, eventHash } from '../../shared/run/event-chain.ts';
import { keptBy } from '../../shared/run/going-back.ts';
import { ACTIVE, hasEnded, type RunState, readRun, type StoredEvent, storedEvent } from '../../shared/run/run-state.ts';
import { judgeFlags } from './flag-oracle.ts';
import type { Receiver, SimComponent } from './receiver.ts';
import type { Scenario } from './scenario.ts';
import type { Watch } from './watch.ts';

/** What is left of a seed, to be judged. */
export interface Judged {
  readonly watch: Watch;
  readonly memory: MemoryStore;
  readonly receiver: Receiver;
  readonly plans: ReadonlyMap<string, readonly (readonly SimComponent[])[]>;
  readonly scenario: Scenario;
  /** Run ids by the key under which they were started. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Everything that must be true when all is quiet. */
export async function judge(simulation: Judged): Promise<readonly string[]> {
  const { watch } = simulation;
  await judgeRuns(simulation);
  judgeLedger(simulation);
  await judgeFlags(simulation);
  await judgeEvents(simulation);
  for (const run of watch.queue.left()) watch.say(`${run} still has a place in the queue`);
  for (const [resource, holder] of watch.held()) watch.say(`${resource} is still held by ${holder}`);
  return watch.violations;
}

async function judgeRuns({ watch, memory, receiver, plans, scenario, ids }: Judged): Promise<void> {
  const { items } = await memory.listIndex('listing', 'run');
  if (items.length !== scenario.runs.length) watch.say(`${scenario.runs.length} runs were asked for and ${items.length} exist`);
  for (const item of items) {
    const run = readRun(item);
    if (!isOver(run)) watch.say(`${run.id} ends as ${run.status}`);
    for (const [part, step, component] of parts(plans.get(run.id) ?? [])) {
      if (component.flag !== undefined) continue;
      const stands = receiver.stands(run.id, part, step);
      if (run.status === 'succeeded' && !stands) watch.say(`${run.id} succeeded without ${part}/${step}`);
      const kept = keptBy(run).includes(component.name);
      if (run.status === 'rolled-back' && stands && component.undoable && !kept)
        watch.say(`${run.id} rolled back and left ${part}/${step}`);
      if (run.status === 'rolled-back' && kept && !stands) watch.say(`${run.id} keeps ${part}, and ${part}/${step} is gone`);
    }
  }
  for (const run of scenario.runs) if (!ids.has(run.key)) watch.say(`${run.key} was never started`);
}

/** Nothing twice, nothing after rollback, nothing without the locks, nothing beneath the work of a later run. */
function judgeLedger({ watch, receiver, plans }: Judged): void {
  const standing = new Set<string>();
  const undone = new Set<string>();
  const tenants = new Map<string, string[]>();
  for (const { run, part, step, kind, unlocked } of receiver.ledger) {
    const key = `${run}/${part}/${step}`;
    const component = (plans.get(run) ?? []).flat().find(({ name }) => name === part.split('#')[0]);
    const repeatable = component?.effect === 'idempotent';
    for (const resource of watch.resources.get(run) ?? []) {
      const before = tenants.get(resource) ?? [];
      if (before.at(-1) === run) continue;
      if (before.includes(run)) watch.say(`${run} touched ${resource} again after ${before.at(-1)} had`);
      tenants.set(resource, [...before, run]);
    }
    if (unlocked.length > 0) watch.say(`${key} landed (${kind}) without the lock of ${unlocked.join(', ')}`);
    if (kind === 'do') {
      if (undone.has(key)) watch.say(`${key} was done after it was undone`);
      if (standing.has(key) && !repeatable) watch.say(`${key} was done twice`);
      standing.add(key);
    } else {
      if (!standing.has(key) && !repeatable) watch.say(`${key} was undone though it did not stand`);
      standing.delete(key);
      undone.add(key);
    }
  }
}

/** Every transition is in the timeline, chained, or in the item as its last event. */
async function judgeEvents({ watch, memory }: Judged): Promise<void> {
  for (const [of, written] of watch.events) {
    const [pk = '', ...rest] = of.split(' ');
    const key = { pk, sk: rest.join(' ') };
    const item = await memory.read(key);
    const { items } = await memory.list(pk, { prefix: `EVENT#${key.sk}#` });
    const events = items
      .filter(({ sk }) => sk.length === `EVENT#${key.sk}#`.length + 9)
      .map((stored) => storedEvent.parse(stored));
    const last = item?.['lastEvent'] as StoredEvent | undefined;
    if (last && !events.some(({ rev }) => rev === last.rev)) events.push(last);
    if (events.length !== written.size) watch.say(`${of} had ${written.size} transitions and its timeline has ${events.length}`);
    const broken = brokenAt(key, events);
    if (broken !== undefined) watch.say(`the chain of ${of} breaks at ${broken}`);
    judgeTurns(watch, of, events);
    for (const event of events) if (event.hash !== eventHash(key, event)) watch.say(`${of} has a forged event`);
  }
}

/** However often an alarm is delivered, it turns a run at most once, and before anything else has turned all of it: later epochs going back are recoveries. */
function judgeTurns(watch: Watch, of: string, events: readonly StoredEvent[]): void {
  const back = [...events]
    .sort((one, other) => one.rev - other.rev)
    .filter(({ type, data }) => type === 'takenOver' && data['direction'] === 'back');
  for (const [at, { data, rev }] of back.entries())
    if (at > 0 && data['code'] === 'GUARDRAIL_TRIPPED' && back[at - 1]?.data['backTo'] === undefined)
      watch.say(`${of} was turned back again by a guardrail at revision ${rev}`);
}

function parts(phases: readonly (readonly SimComponent[])[]): readonly (readonly [string, number, SimComponent])[] {
  return phases.flat().flatMap((component) => {
    const names =
      component.segments > 0
        ? Array.from({ length: component.segments }, (_, index) => `${component.name}#${index}`)
        : [component.name];
    return names.flatMap((part) => Array.from({ length: component.steps }, (_, step) => [part, step, component] as const));
  });
}

/** A run that has lost a lock may rest for good, with what it did for a person to look at. */
export const isOver = (run: RunState): boolean => hasEnded(run) || (run.broken !== undefined && !ACTIVE.has(run.status));
