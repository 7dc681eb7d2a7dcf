import { StoreThrottledError } from '../errors/store-errors.ts';
import type { Item, Key, Store } from '../ports/store.ts';
import { readAll } from '../run/read-all.ts';
import { counts, expiresAt, type KeptExperiment, runs, withinMs } from './experiment.ts';
import { type Deed, type News, readSubject, type Subject, subjectKey, withNews } from './subject.ts';

/** What providers tell, times in epoch ms. */
export interface Told {
  readonly exposures: readonly { readonly flag: string; readonly key: string; readonly variation: string; readonly at: number }[];
  readonly events: readonly { readonly name: string; readonly key: string; readonly at: number; readonly value?: number }[];
}

interface Change {
  readonly key: Key;
  readonly experiment: KeptExperiment;
  readonly exposures: { variation: string; at: number }[];
  readonly did: Deed[];
}

/** Clocks of machines differ. */
const AHEAD_MS = 10_000;
const AT_ONCE = 25;
const RIVALS = 10;

/** Records what is new of each subject. Safe to repeat. Answers how many subjects were written. */
export async function keepBehaviour(
  store: Store,
  experiments: readonly KeptExperiment[],
  told: Told,
  now: number,
): Promise<number> {
  const changes = changesOf(experiments, told, now);
  const found = await readAll(
    store,
    changes.map(({ key }) => key),
  );
  const rest = changes.map((change, index) => ({ change, item: found[index] }));
  let written = 0;
  const work = async () => {
    for (let next = rest.pop(); next; next = rest.pop()) if (await keep(store, next.change, next.item)) written += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return written;
}

function changesOf(experiments: readonly KeptExperiment[], { exposures, events }: Told, now: number): Change[] {
  const changes = new Map<string, Change>();
  const changeOf = (experiment: KeptExperiment, subject: string): Change | undefined => {
    const key = subjectKey(experiment, subject);
    if (!key) return undefined;
    const id = `${key.pk} ${key.sk}`;
    const change = changes.get(id) ?? { key, experiment, exposures: [], did: [] };
    changes.set(id, change);
    return change;
  };
  const inTime = (at: number, from: number) => at >= from && at <= now + AHEAD_MS;
  for (const { flag, key, variation, at } of exposures) {
    const one = experiments.find((experiment) => experiment.flag === flag && runs(experiment, now));
    if (!one || !inTime(at, one.startedAt) || ![one.control, one.treatment].includes(variation)) continue;
    changeOf(one, key)?.exposures.push({ variation, at });
  }
  for (const { name, key, at, value = 1 } of events) {
    for (const one of experiments) {
      // Whoever came last is watched to the end of its own time.
      const isOpen = runs(one, now - withinMs(one));
      if (isOpen && counts(one, name) && inTime(at, one.startedAt)) changeOf(one, key)?.did.push([name, at, value]);
    }
  }
  return [...changes.values()];
}

async function keep(store: Store, { key, experiment, ...news }: Change & News, item: Item | undefined): Promise<boolean> {
  let before = item;
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const after = withNews(before && readSubject(before), news);
    if (!after) return false;
    const result = await store.write({
      name: 'subject.keep',
      key,
      set: { ...attributesOf(after), expiresAt: expiresAt(experiment), schemaVersion: 1 },
      add: { rev: 1 },
      when: [before ? { test: 'equals', attribute: 'rev', value: Number(before['rev']) } : { test: 'absent', attribute: 'rev' }],
    });
    if (result.applied) return true;
    before = result.current;
  }
  throw new StoreThrottledError('Other writers of a subject kept coming between.', { next: 'Send it again.' });
}

const attributesOf = ({ cohort, exposedAt, moved, did }: Subject) => ({
  ...(cohort === undefined ? {} : { cohort }),
  ...(exposedAt === undefined ? {} : { exposedAt }),
  moved,
  did,
});
