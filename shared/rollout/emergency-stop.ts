import { RunStateError } from '../errors/run-errors.ts';
import type { Item, Store } from '../ports/store.ts';
import { goBack } from '../run/command-run.ts';
import { failover } from '../run/flag-access.ts';
import { readFlag } from '../run/flag-state.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { haltKey } from '../run/keys.ts';
import type { RunDeps } from '../run/run-access.ts';
import { readRun } from '../run/run-state.ts';

/** What an emergency stop did; `problems` names what it could not do, and nothing kept it from the rest. */
export interface Stopped {
  /** Flags that were sent to the old side. */
  readonly flags: readonly string[];
  /** Runs that go back. */
  readonly runs: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Everything in an environment stops and goes back. First the halt, which every run reads before each forward intent; then every flag that
 * a run owns, by one write each; then every run that is under way or rests with its locks. It needs the table alone: where no
 * rollback can be started, `reconcile` starts it later.
 */
export async function emergencyStop(
  deps: RunDeps,
  environment: string,
  said: { actor: string; reason: string },
): Promise<Stopped> {
  await setHalt(deps, environment, true, said);
  const flags: string[] = [];
  const runs: string[] = [];
  const problems: string[] = [];
  const spared = (what: string, done: Promise<unknown>) =>
    done.catch((error: unknown) => void problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`));
  const owners = new Set<string>();
  const trip = { at: deps.clock.now(), by: said.actor, reason: said.reason };
  for await (const item of open(deps.store, 'flag')) {
    const { key, owner, environment: of } = readFlag(item);
    if (of !== environment || owner === undefined) continue;
    owners.add(owner);
    await spared(
      `flag ${key}`,
      failover(deps, owner, { environment }, key, trip).then((done) => done && flags.push(key)),
    );
  }
  for await (const item of open(deps.store, 'run')) if (readRun(item).environment === environment) owners.add(readRun(item).id);
  for (const run of owners) {
    await spared(
      `run ${run}`,
      back(deps, run, said).then((goes) => goes && runs.push(run)),
    );
  }
  return { flags, runs, problems };
}

/** From now on runs may go forward again; what was taken back stays so. */
export const liftHalt = (deps: JournalDeps, environment: string, said: { actor: string; reason: string }): Promise<void> =>
  setHalt(deps, environment, false, said);

async function setHalt(deps: JournalDeps, environment: string, active: boolean, said: { actor: string; reason: string }) {
  const set = { active, ...said, at: deps.clock.now(), schemaVersion: 1 };
  await commit(deps, { name: 'halt.set', key: haltKey(environment), set, when: [] });
}

async function back(deps: RunDeps, run: string, { actor, reason }: { actor: string; reason: string }): Promise<boolean> {
  try {
    await goBack(deps, run, { actor, reason: `Emergency stop: ${reason}` });
    return true;
  } catch (error) {
    if (error instanceof RunStateError) return false;
    throw error;
  }
}

/** The index may be behind: each item is read again. */
async function* open(store: Store, what: 'flag' | 'run'): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('open', what, cursor === undefined ? {} : { cursor });
    for (const { pk, sk } of page.items) {
      const item = await store.read({ pk, sk });
      if (item?.['open'] === what) yield item;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
