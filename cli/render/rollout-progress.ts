import type { RolloutView } from '../../shared/api/rollout-view.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import { timeSpan, whole } from './figures.ts';
import type { Paint } from './paint.ts';
import { stageLadder, stageName } from './stage-ladder.ts';
import { wrapped } from './text-width.ts';

/** When a run was looked at, epoch ms. */
export const lookedAt = ({ createdAt, endedAt, seconds }: RunView): number => endedAt ?? createdAt + seconds * 1000;

/** A rollout under way: its ladder, how long the stage was watched, with how many exposures, and why it is held. */
export function rolloutLines(rollout: RolloutView, now: number, paint: Paint, columns: number): string[] {
  const facts = watchedText(rollout, now);
  return [
    stageLadder(rollout, paint, columns),
    ...(facts === undefined ? [] : wrapped(facts, columns)),
    ...heldSentences(rollout).flatMap((sentence) => wrapped(`held: ${sentence}`, columns).map(paint.yellow)),
  ];
}

/** The same for a log: `50 % (stage 2 of 3), watched 12s of 10m 00s, ...`. */
export function rolloutText(rollout: RolloutView, now: number): string {
  const { stage, stages } = rollout;
  const at = stage === undefined ? undefined : stages[stage];
  const where = at === undefined ? 'all on the old side' : `${stageName(at)} (stage ${Number(stage) + 1} of ${stages.length})`;
  const held = heldSentences(rollout);
  const facts = [where, watchedText(rollout, now), held.length > 0 ? `held: ${held.join(' ')}` : undefined];
  return facts.filter((fact) => fact !== undefined).join(', ');
}

/** `watched 12s of 10m 00s, 412 of 1,000 exposures (old side 40,100)`; undefined where no stage is watched. */
export function watchedText({ enteredAt, stage, stages, verdict }: RolloutView, now: number): string | undefined {
  const at = stages[stage ?? 0];
  if (enteredAt === undefined || at === undefined) return undefined;
  const watched = `watched ${timeSpan(Math.max(0, now - enteredAt) / 1000)} of ${timeSpan(at.bake / 1000)}`;
  const sample = verdict?.stage === stage ? verdict?.checks.find(({ name }) => name === 'sample')?.sample : undefined;
  if (sample === undefined || sample.treatment === null) return watched;
  const { control, treatment } = sample;
  const other = at.percent === 100 || control === null ? '' : ` (old side ${whole(control)})`;
  return `${watched}, ${whole(treatment)} of ${whole(at.minSample)} exposures${other}`;
}

/** What the watched time and the exposures say already is left out. */
function heldSentences({ held, verdict, stage }: RolloutView): readonly string[] {
  const counted = new Set(
    verdict?.stage === stage
      ? verdict?.checks.filter(({ name }) => name === 'bake' || name === 'sample').map(({ sentence }) => sentence)
      : [],
  );
  return held.filter((sentence) => !counted.has(sentence));
}
