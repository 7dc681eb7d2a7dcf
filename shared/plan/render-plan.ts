import { formatDuration } from '../notation/quantities.ts';
import type { CheckDescription, ComponentDescription, PhaseDescription, PlanDescription, Undo } from './describe-plan.ts';

const UNDO_TEXT: Readonly<Record<Undo, string>> = {
  automatic: 'can be undone',
  none: 'CANNOT BE UNDONE',
  nothing: 'nothing to undo',
};

/** A plan's description as lines of plain text, without colours. */
export function renderPlan(description: PlanDescription): string[] {
  const { name, target, digest, locks, phases, irreversible, onFailure } = description;
  return [
    `Plan ${name} on ${target} (${digest.slice(0, 12)})`,
    ...(description.description === undefined ? [] : indent(description.description.split('\n'))),
    '',
    'Locks, in this order',
    ...indent(locks),
    ...phases.flatMap((phase) => ['', ...renderPhase(phase)]),
    '',
    onFailure === 'rollback'
      ? 'On failure: everything is rolled back.'
      : 'On failure: the run stops and leaves what it did in place.',
    ...(irreversible.length === 0
      ? ['Everything in this plan can be undone.']
      : ['What cannot be undone:', ...indent(irreversible.map(({ component, why }) => `${component}: ${why}`))]),
  ];
}

function renderPhase({ name, level, after, components, checks }: PhaseDescription): string[] {
  return [
    `${level}. Phase ${name}${after.length === 0 ? '' : ` (after ${after.join(', ')})`}`,
    ...indent(components.flatMap(renderComponent)),
    ...indent(renderChecks('before a later phase', checks)),
  ];
}

function renderComponent({
  name,
  kind,
  description,
  effect,
  undo,
  undoReason,
  stages,
  checks,
  timeouts,
}: ComponentDescription): string[] {
  const nature = [kind, effect, UNDO_TEXT[undo] + (undoReason === undefined ? '' : `: ${undoReason}`)];
  const limits = Object.entries(timeouts).map(([operation, ms]) => `${operation} ${formatDuration(ms)}`);
  return [
    `${name}: ${nature.filter((part) => part !== undefined).join(', ')}`,
    ...indent(description === undefined ? [] : description.split('\n')),
    ...indent(stages.flatMap((stage) => stage.split('\n').map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)))),
    ...indent(renderChecks('checks', checks)),
    ...indent(limits.length === 0 ? [] : [`time-outs: ${limits.join(', ')}`]),
  ];
}

function renderChecks(title: string, checks: readonly CheckDescription[]): string[] {
  return checks.length === 0 ? [] : [`${title}:`, ...indent(checks.map(({ name, type, rule }) => `${name} (${type}): ${rule}`))];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
