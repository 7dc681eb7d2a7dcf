import type { RolloutView } from '../../shared/api/rollout-view.ts';
import type { Paint } from './paint.ts';
import { widthOf } from './text-width.ts';

type Stage = RolloutView['stages'][number];

/** `10 %`, or `3 customers` where it is for those by name alone. */
export const stageName = ({ percent, customers }: Pick<Stage, 'percent' | 'customers'>): string =>
  percent === 0 && customers > 0 ? `${customers} customer${customers === 1 ? '' : 's'}` : `${percent} %`;

/** `✓ 1 %  ● 50 %  ○ 100 %`; where that has no room, which of how many: `● 50 % (stage 2 of 3)`. */
export function stageLadder(rollout: RolloutView, paint: Paint, columns = Number.POSITIVE_INFINITY): string {
  const steps = rollout.stages.map((stage, index) => step(rollout, index, stageName(stage), paint));
  const whole = steps.join('  ');
  if (widthOf(whole) <= columns) return whole;
  const at = rollout.stage ?? 0;
  return `${steps[at]} (stage ${at + 1} of ${steps.length})`;
}

function step(rollout: RolloutView, index: number, name: string, paint: Paint): string {
  const { stage, promoted, verdict } = rollout;
  if (index < promoted) return paint.green(`✓ ${name}`);
  if (stage === undefined && verdict?.decision === 'rollback' && verdict.stage === index) return paint.red(`✗ ${name}`);
  return index === stage ? paint.cyan(`● ${name}`) : paint.dim(`○ ${name}`);
}
