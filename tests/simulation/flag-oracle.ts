import { isDeepStrictEqual } from 'node:util';
import type { MemoryStore } from '../../adapters/memory/store.ts';
import type { Item, Write } from '../../shared/ports/store.ts';
import { effective, type FlagDocument, type FlagState, readFlag } from '../../shared/run/flag-state.ts';
import { keptBy } from '../../shared/run/going-back.ts';
import { flagKey } from '../../shared/run/keys.ts';
import { readRun, type StoredEvent } from '../../shared/run/run-state.ts';
import { BEFORE_ANY_RUN, documentAt } from './flag-effects.ts';
import type { SimComponent } from './receiver.ts';
import type { Watched } from './watched.ts';

/** Watches every write of a flag that lands. */
export class FlagWatch {
  /** Runs that a guardrail sent back while they owned a flag. */
  readonly tripped = new Set<string>();
  /** Runs in the order in which they first owned the flag. */
  readonly owners: string[] = [];
  readonly #watch: Watched;
  /** What evaluation saw before the present owner. */
  #before: FlagDocument = BEFORE_ANY_RUN;
  /** Going back has written the rollback point, from which on a trip keeps it there. */
  #restored = false;
  #last: FlagState | undefined;

  constructor(watch: Watched) {
    this.#watch = watch;
  }

  landed(write: Write, item: Item): void {
    const flag = readFlag(item);
    const event = write.set?.['lastEvent'] as unknown as StoredEvent | undefined;
    const lock = `flag:${flag.key}`;
    if (flag.owner !== undefined && flag.owner !== this.#last?.owner) this.#owned(flag.owner);
    if (event && event.type !== 'flagReleased' && this.#watch.holder(lock) !== event.data['runId'])
      this.#watch.say(`${event.type} of ${lock} by ${event.data['runId']} without its lock`);
    if (event?.type === 'flagShifted' && flag.tripped) this.#watch.say(`${lock} was shifted after it had tripped`);
    if (event?.type === 'flagRestored') this.#restored = true;
    if (write.name === 'flag.failover') this.#tripped(flag);
    this.#last = flag;
  }

  #owned(run: string): void {
    this.#before = this.#last ? effective(this.#last) : BEFORE_ANY_RUN;
    this.#restored = false;
    if (!this.owners.includes(run)) this.owners.push(run);
  }

  #tripped(flag: FlagState): void {
    const { owner, tripped } = flag;
    if (tripped?.by !== owner) this.#watch.say(`an alarm of ${tripped?.by} tripped the flag of ${owner}`);
    this.tripped.add(String(owner));
    const now = effective(flag);
    if (!this.#restored && !isDeepStrictEqual(now, this.#before))
      this.#watch.say(`a trip sent ${flag.key} to ${JSON.stringify(now)} instead of ${JSON.stringify(this.#before)}`);
  }
}

interface Flagged {
  readonly watch: Pick<Watched, 'say'> & { readonly flags: FlagWatch };
  readonly memory: MemoryStore;
  readonly plans: ReadonlyMap<string, readonly (readonly SimComponent[])[]>;
}

/** When all is quiet: no flag is owned, none stands where a tripped or rolled-back run left it, and no tripped run succeeded. */
export async function judgeFlags({ watch, memory, plans }: Flagged): Promise<void> {
  const item = await memory.read(flagKey('staging', 'f'));
  const { items } = await memory.listIndex('listing', 'run');
  const runs = items.map(readRun);
  const statuses = new Map(runs.map(({ id, status }) => [id, status]));
  const shifts = (id: string) => (plans.get(id) ?? []).flat().find(({ flag }) => flag !== undefined)?.name ?? '';
  const stay = new Set(runs.filter((run) => keptBy(run).includes(shifts(run.id))).map(({ id }) => id));
  for (const run of watch.flags.tripped)
    if (statuses.get(run) !== 'rolled-back' || stay.has(run))
      watch.say(`${run} was tripped and ends as ${statuses.get(run)}${stay.has(run) ? ', with its rollout kept' : ''}`);
  if (!item) return;
  const flag = readFlag(item);
  if (flag.owner !== undefined) watch.say(`the flag is still owned by ${flag.owner}`);
  const last = watch.flags.owners.findLast((run) => statuses.get(run) === 'succeeded' || stay.has(run));
  const expected = last === undefined ? BEFORE_ANY_RUN : documentAt(last, 100);
  if (!isDeepStrictEqual(effective(flag), expected))
    watch.say(`the flag ends at ${JSON.stringify(effective(flag))} instead of ${JSON.stringify(expected)}`);
}
