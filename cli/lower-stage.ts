import type { RolloutView } from '../shared/api/rollout-view.ts';
import type { ComponentView, RunView } from '../shared/api/run-view.ts';
import { ApiProblemError, UsageError } from './cli-errors.ts';
import { parseComponent } from './options.ts';
import { stageName } from './render/stage-ladder.ts';
import type { Session } from './session.ts';

type Rollout = ComponentView & { readonly rollout: RolloutView };

interface Lowering {
  readonly to: string;
  readonly component: string | undefined;
  readonly reason: string;
}

/** Takes one rollout of a run back to an earlier stage, where it is held; the run goes on. */
export async function lowerStage(session: Session, runId: string, { to, component, reason }: Lowering): Promise<void> {
  const client = await session.client();
  const rollout = rolloutOf(await client.call('get-run', { runId }), component);
  const stage = stageOf(rollout, to);
  requireEarlier(rollout, stage, runId);
  const answer = await client.call('lower-stage', { runId, component: rollout.name, stage, reason });
  const name = stageName(stageAt(rollout.rollout, stage));
  session.result(answer, (safe, paint) => [
    `${safe.component} is ${paint.yellow(`back at ${name}`)} (stage ${stage + 1} of ${rollout.rollout.stages.length}), by ${safe.by}.`,
    'It stays there until a person promotes it; its guardrails stay on guard.',
    `Go on:   ${session.commandLine('promote', runId, safe.component)}`,
    `Undo:    ${session.commandLine('rollback', runId, '-m', 'REASON')}`,
  ]);
}

/** The rollout that is meant: the one that is named, or the only one. */
function rolloutOf({ id, components }: RunView, named: string | undefined): Rollout {
  const rollouts = components.filter((component): component is Rollout => component.rollout !== undefined);
  const wanted = named === undefined ? rollouts : rollouts.filter(({ name }) => name === parseComponent(named));
  const [only, ...more] = wanted;
  if (only && more.length === 0) return only;
  const names = rollouts.map(({ name }) => name).join(', ');
  if (rollouts.length === 0) {
    throw new UsageError(`Run ${id} has no rollout, so it has no stages.`, { next: `slipway rollback ${id} -m REASON` });
  }
  const why = named === undefined ? `Run ${id} has more than one rollout` : `Run ${id} has no rollout ${named}`;
  throw new UsageError(`${why}: ${names}.`, { next: 'Name one with --component.' });
}

function requireEarlier({ name, rollout }: Rollout, stage: number, runId: string): void {
  const at = rollout.stage ?? -1;
  if (stage < at) return;
  const where = at < 0 ? 'has entered no stage yet' : `is at stage ${at + 1} (${stageName(stageAt(rollout, at))})`;
  const all = `To take all of it back: slipway rollback ${runId} -m REASON`;
  throw new ApiProblemError({
    type: 'urn:slipway:problem:run-state',
    title: 'Conflict',
    status: 409,
    code: 'RUN_STATE',
    detail: `${name} ${where}; it can be taken back to an earlier one only.`,
    next: at > 0 ? `Name a stage from 1 to ${at}. ${all}` : all,
  });
}

const stageAt = ({ stages }: RolloutView, stage: number) => stages[stage] ?? { percent: 0, customers: 0 };

/** `2` is the second stage, `10%` the one at 10 %. Answers the stage counted from 0. */
function stageOf({ name, rollout }: Rollout, to: string): number {
  const { stages } = rollout;
  const [, percent] = /^(\d{1,3}(?:\.\d+)?) ?%$/.exec(to) ?? [];
  const index =
    percent === undefined
      ? /^\d{1,2}$/.test(to)
        ? Number(to) - 1
        : -1
      : stages.findIndex((stage) => stage.percent === Number(percent) && percent !== '0');
  if (stages[index]) return index;
  const known = stages.map((stage, at) => `${at + 1} (${stageName(stage)})`).join(', ');
  throw new UsageError(`${name} has no stage ${JSON.stringify(to)}. Its stages: ${known}.`, {
    next: 'Name a stage by its number or its percentage: --to 2, --to 10%',
  });
}
