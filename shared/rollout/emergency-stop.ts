import { RunStateError } from '../errors/run-errors.ts';
import { goBack } from '../run/command-run.ts';
import { failover } from '../run/flag-access.ts';
import type { JournalDeps } from '../run/journal.ts';
import { runKey } from '../run/keys.ts';
import type { RunDeps } from '../run/run-access.ts';
import { hasEnded, readRun } from '../run/run-state.ts';
import { everyOpen } from './every-open.ts';
import { type Said, setHalt, tellHalt } from './halt.ts';

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
 * a run owns, by one write each; then every run that is under way or rests with its locks: taken back, each ends as `failed`. It needs the table alone: where no
 * rollback can be started, `reconcile` starts it later.
 */
export async function emergencyStop(deps: RunDeps, environment: string, said: Said): Promise<Stopped> {
  await setHalt(deps, environment, true, said);
  const flags: string[] = [];
  const runs: string[] = [];
  const problems: string[] = [];
  const spared = (what: string, act: () => Promise<unknown>) =>
    act().catch((error: unknown) => void problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`));
  // Beside what follows, which is more urgent.
  const told = spared('audit trail', () => tellHalt(deps, environment, true, said));
  const owners = new Set<string>();
  const trip = { at: deps.clock.now(), by: said.actor, reason: said.reason, code: 'EMERGENCY_STOP' } as const;
  await spared('flags', async () => {
    for await (const flag of everyOpen(deps.store, 'flag')) {
      const [key, owner] = [String(flag['key']), flag['owner']];
      if (flag['environment'] !== environment || typeof owner !== 'string') continue;
      owners.add(owner);
      await spared(`flag ${key}`, async () => (await failover(deps, owner, { environment }, key, trip)) && flags.push(key));
    }
  });
  await spared('runs', async () => {
    for await (const run of everyOpen(deps.store, 'run')) if (run['environment'] === environment) owners.add(String(run['id']));
  });
  await spared('locks', async () => {
    for await (const lock of everyOpen(deps.store, 'lock')) {
      const run = await deps.store.read(runKey(String(lock['holder'])));
      if (run?.['environment'] === environment && !hasEnded(readRun(run))) owners.add(String(run['id']));
    }
  });
  for (const run of owners) await spared(`run ${run}`, async () => (await back(deps, run, said)) && runs.push(run));
  await told;
  return { flags, runs, problems };
}

/** From now on runs may go forward again; what was taken back stays so. */
export async function liftHalt(deps: JournalDeps, environment: string, said: Said): Promise<void> {
  await setHalt(deps, environment, false, said);
  await tellHalt(deps, environment, false, said);
}

async function back(deps: RunDeps, run: string, { actor, reason }: Said): Promise<boolean> {
  try {
    await goBack(deps, run, { actor, reason: `Emergency stop: ${reason}`, code: 'EMERGENCY_STOP' });
    return true;
  } catch (error) {
    if (error instanceof RunStateError) return false;
    throw error;
  }
}
