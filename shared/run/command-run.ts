import { RunStateError } from '../errors/run-errors.ts';
import { changeRun, loadRun, type RunDeps } from './run-access.ts';
import type { RunCommand } from './run-decisions.ts';
import type { RunState, TurnedBy } from './run-state.ts';
import { startExecution } from './start-run.ts';

export interface Commanded {
  readonly run: RunState;
  /** A rollback was under way already and this call joined it. */
  readonly joined: boolean;
}

export interface Said {
  readonly actor: string;
  readonly reason: string;
  /** Of going back: why, for programs. */
  readonly code?: TurnedBy;
  /** Of a guardrail: the rollout that it watches. */
  readonly component?: string;
  /** A person's word on manual effects: `component/step` -> it stands. */
  readonly stands?: Readonly<Record<string, boolean>>;
}

/** Lets the steps under way end and starts no other. */
export const pauseRun = (deps: RunDeps, runId: string, actor: string): Promise<Commanded> =>
  command(deps, runId, { type: 'pause' }, actor);

/** Goes on with a paused run, or tries a failed one again, under a new epoch. */
export async function goOn(deps: RunDeps, runId: string, said: Said, digest?: string): Promise<Commanded> {
  const { actor, ...word } = said;
  const done = await command(deps, runId, { type: 'go-on', ...word, ...(digest === undefined ? {} : { digest }) }, actor);
  await startExecution(deps, done.run);
  return done;
}

/** Lets a run be there until `until` (epoch ms), however long ago it ended. */
export const keepRun = (
  deps: RunDeps,
  runId: string,
  { actor, ...wish }: { readonly until: number; readonly reason: string; readonly actor: string },
): Promise<Commanded> => command(deps, runId, { type: 'keep', ...wish }, actor);

/** Turns a run back under a new epoch, all of it. A second rollback joins the live one, also where both begin at once. */
export async function goBack(deps: RunDeps, runId: string, said: Said): Promise<Commanded> {
  const { actor, ...word } = said;
  const outcome = await changeRun(deps, runId, { type: 'go-back', ...word, joins: true }, { actor });
  const run = 'run' in outcome ? outcome.run : (await loadRun(deps, runId)).run;
  if ('refused' in outcome && run.status !== 'rolling-back') throw refusal(outcome);
  await startExecution(deps, run);
  return { run, joined: 'refused' in outcome };
}

async function command(deps: RunDeps, runId: string, wanted: RunCommand, actor: string): Promise<Commanded> {
  const outcome = await changeRun(deps, runId, wanted, { actor });
  if ('refused' in outcome) throw refusal(outcome);
  return { run: outcome.run, joined: false };
}

export const refusal = ({ refused, next }: { refused: string; next?: string }): RunStateError =>
  new RunStateError(refused, next === undefined ? {} : { next });
