import { ComponentNotFoundError, RunStateError } from '../errors/run-errors.ts';
import { type Ordered, orderPhases } from '../plan/phase-order.ts';
import { type Commanded, refusal, type Said } from './command-run.ts';
import { componentsOf } from './finish-run.ts';
import { changeRun, loadRun, type RunDeps } from './run-access.ts';
import type { BackTo } from './run-state.ts';
import { startExecution } from './start-run.ts';
import type { WorkStatus } from './work-state.ts';

/** A phase of the run's plan, as far as it matters which components come after which. */
export interface PlannedPhase extends Ordered {
  /** `flag`: of a rollout, the one that it shifts. */
  readonly components: readonly { readonly name: string; readonly flag?: string }[];
}

export interface CommandedBackTo extends Commanded {
  /** Components that go back now, or still. */
  readonly goesBack: readonly string[];
  /** Components that stay as they are, complete. */
  readonly keeps: readonly string[];
}

/**
 * Takes back one component, before it whatever came after it, and whatever is not complete; the other components stand. A call for
 * the same component, or for the whole run, that is under way is joined. Throws ComponentNotFoundError, RunStateError.
 */
export async function goBackTo(
  deps: RunDeps,
  runId: string,
  { component, phases }: { readonly component: string; readonly phases: readonly PlannedPhase[] },
  { actor, ...word }: Omit<Said, 'code'>,
): Promise<CommandedBackTo> {
  const { run: seen } = await loadRun(deps, runId);
  const works = new Map((await componentsOf(deps, seen)).map(({ name, work }) => [name, work?.status ?? 'open']));
  if (!works.has(component))
    throw new ComponentNotFoundError(`${runId} has no component ${component}.`, { next: `slipway status ${runId}` });
  const backTo = reachOf(phases, works, component);
  const begun = (keeps: readonly string[]) =>
    [...works.keys()].filter((name) => !keeps.includes(name) && isBegun(works.get(name)));
  const again = seen.status === 'rolling-back' || seen.status === 'rollback-failed';
  if (!again) requireBegun(runId, component, works.get(component), begun(backTo.keeps));
  // Where nothing is kept, all of it goes back.
  const reach = backTo.keeps.length === 0 ? {} : { backTo };
  const command = { type: 'go-back', ...word, ...reach, joins: true } as const;
  const answer = await changeRun(deps, runId, command, { actor, onlyAtRev: seen.rev });
  const run = 'run' in answer ? answer.run : (await loadRun(deps, runId)).run;
  const joined = 'refused' in answer;
  if (joined && !(run.status === 'rolling-back' && (!run.backTo || run.backTo.component === component))) throw refusal(answer);
  await startExecution(deps, run);
  const keeps = run.backTo?.keeps ?? [];
  return { run, joined, keeps, goesBack: begun(keeps) };
}

const isBegun = (status: WorkStatus | undefined): boolean => status !== undefined && status !== 'open' && status !== 'undone';

function requireBegun(runId: string, component: string, status: WorkStatus | undefined, goesBack: readonly string[]): void {
  const over = status === 'undone' && goesBack.length === 0;
  if (status !== 'open' && !over) return;
  const fact = over
    ? `${component} of ${runId} is taken back already.`
    : `${component} of ${runId} has not begun: nothing of it can be taken back.`;
  throw new RunStateError(fact, { next: `slipway status ${runId}` });
}

/** How far a component's rollback goes, by what is complete. Pure. */
export function reachOf(phases: readonly PlannedPhase[], works: ReadonlyMap<string, WorkStatus>, component: string): BackTo {
  const own = phases.find(({ components }) => components.some(({ name }) => name === component))?.name ?? '';
  const after = new Set([own]);
  for (const phase of orderPhases({ phases }).flat()) if (phase.after.some((name) => after.has(name))) after.add(phase.name);
  after.delete(own);
  const stays = phases
    .filter(({ name }) => !after.has(name))
    .flatMap(({ components }) => components)
    .filter(({ name }) => name !== component && works.get(name) === 'completed');
  const flags = stays.flatMap(({ name, flag }) => (flag === undefined ? [] : [[flag, name] as const]));
  return { component, keeps: stays.map(({ name }) => name), flags: Object.fromEntries(flags) };
}
