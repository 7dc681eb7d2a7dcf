import { guardrailsOf } from '../guardrails/guardrails-of.ts';
import { formatDuration, formatPercent } from '../notation/quantities.ts';
import type { EffectClass, TaskShape } from '../ports/user-code.ts';
import { settingsOf } from '../rollout/stage.ts';
import { locksOf } from './locks.ts';
import { orderPhases } from './phase-order.ts';
import type { Check, Component, Plan, RolloutComponent, RotateComponent, TaskComponent } from './plan.ts';
import { planDigest } from './plan-digest.ts';
import type { PlanFacts } from './references.ts';

/** Whether a component can be taken back: by Slipway, by nobody, or there is nothing to take back. */
export type Undo = 'automatic' | 'none' | 'nothing';

export interface CheckDescription {
  readonly name: string;
  readonly type: Check['type'];
  readonly rule: string;
}

export interface ComponentDescription {
  readonly name: string;
  readonly kind: Component['kind'];
  readonly description?: string;
  /** What happens, in order. */
  readonly stages: readonly string[];
  readonly checks: readonly CheckDescription[];
  /** Absent for a task whose function is not known here. */
  readonly effect?: EffectClass;
  readonly undo: Undo;
  /** What stands in the way of taking it back, for `none`. */
  readonly undoReason?: string;
  /** Milliseconds by name. */
  readonly timeouts: Readonly<Record<string, number>>;
}

export interface PhaseDescription {
  readonly name: string;
  /** 1-based; phases of one level may run side by side. */
  readonly level: number;
  readonly after: readonly string[];
  readonly components: readonly ComponentDescription[];
  /** Checks between this phase and the next. */
  readonly checks: readonly CheckDescription[];
}

/** What a run of the plan will do, in order. */
export interface PlanDescription {
  readonly name: string;
  readonly digest: string;
  readonly target: string;
  readonly description?: string;
  readonly onFailure: Plan['onFailure'];
  readonly locks: readonly string[];
  readonly phases: readonly PhaseDescription[];
  /** Components whose effects stay when the run is rolled back, and why. */
  readonly irreversible: readonly { readonly component: string; readonly why: string }[];
}

/** Describes what a run of the plan will do. With facts, tasks are described by what their functions tell of themselves. */
export function describePlan(plan: Plan, facts: PlanFacts = {}): PlanDescription {
  const phases = orderPhases(plan).flatMap((level, index) =>
    level.map(({ name, after, components, validate }) => ({
      name,
      level: index + 1,
      after,
      components: components.map((component) => describeComponent(component, plan, facts)),
      checks: validate.map(describeCheck),
    })),
  );
  return {
    name: plan.name,
    digest: planDigest(plan),
    target: plan.target,
    ...(plan.description === undefined ? {} : { description: plan.description }),
    onFailure: plan.onFailure,
    locks: locksOf(plan),
    phases,
    irreversible: phases.flatMap(({ components }) =>
      components.flatMap(({ name, undo, undoReason = '' }) => (undo === 'none' ? [{ component: name, why: undoReason }] : [])),
    ),
  };
}

type Behaviour = Pick<ComponentDescription, 'stages' | 'undo'> & Partial<ComponentDescription>;

function describeComponent(component: Component, plan: Plan, facts: PlanFacts): ComponentDescription {
  const { name, kind, description } = component;
  return {
    name,
    kind,
    ...(description === undefined ? {} : { description }),
    checks: [],
    timeouts: {},
    ...behaviour(component, plan, facts),
  };
}

function behaviour(component: Component, plan: Plan, facts: PlanFacts): Behaviour {
  const { migrate, validate } = component.timeouts ?? plan.timeouts;
  switch (component.kind) {
    case 'batch': {
      const { from, to, transform, segments, target, tolerate } = component;
      return {
        stages: [
          `read ${from.table} in ${segments} ${segments === 1 ? 'segment' : 'segments side by side'}`,
          `transform each record with ${transform.run}`,
          `write ${to.table} (${target}), keeping what it held before`,
          `verify every record; at most ${formatPercent(tolerate)} may be in quarantine`,
        ],
        timeouts: { migrate },
        effect: 'idempotent',
        undo: 'automatic',
      };
    }
    case 'task':
      return describeTask(component, plan, facts.functions?.get(component.run));
    case 'validate':
      return { stages: ['run the checks'], checks: component.checks.map(describeCheck), timeouts: { validate }, undo: 'nothing' };
    case 'approval': {
      const expiry = `after ${formatDuration(component.expires)} without an answer: ${component.onExpiry}`;
      return { stages: [`ask: ${component.prompt}`, expiry], timeouts: { expires: component.expires }, undo: 'nothing' };
    }
    case 'rollout':
      return describeRollout(component);
    case 'rotate':
      return describeRotation(component, plan, facts);
    case 'wait':
      return { stages: [`wait ${formatDuration(component.for)}`], undo: 'nothing' };
  }
}

function describeRollout(rollout: RolloutComponent): Behaviour {
  const { flag, from, to, bake, minSample, approval, requires, freeze } = rollout;
  const guardrails = guardrailsOf(rollout);
  const watched = guardrails.map(({ name, action }) => `${name} (${action})`).join(', ');
  return {
    stages: [
      ...requires.map(({ component, percent }) => `wait until ${component} is at ${percent} %`),
      ...freeze.map((frozen) => `enter no stage on ${frozen.days.join(', ')} from ${frozen.from} to ${frozen.to} ${frozen.zone}`),
      ...stageNames(rollout).map((stage) => `shift ${flag} from ${from} to ${to}: ${stage}`),
      `at each stage watch ${formatDuration(bake)} and ${minSample} exposures of each side${approval ? ', then ask' : ''}`,
      watched === '' ? 'no guardrail: only people take it back' : `guardrails: ${watched}`,
    ],
    checks: rollout.checks.map(describeCheck),
    timeouts: { rollbackWindow: rollout.rollbackWindow },
    effect: 'idempotent',
    undo: 'automatic',
  };
}

/** First by named customers, then by percentage, each with what is its own. */
function stageNames(rollout: RolloutComponent): string[] {
  const { customers, bake, minSample, approval } = rollout;
  const total = customers?.list.length ?? 0;
  const own = (settings: Parameters<typeof settingsOf>[1]) => {
    const stage = settingsOf(rollout, settings);
    const watched = [
      ...(stage.bake === bake ? [] : [formatDuration(stage.bake)]),
      ...(stage.minSample === minSample ? [] : [`${stage.minSample} exposures of each side`]),
    ];
    const asked = stage.approval === approval ? '' : stage.approval ? ', then ask' : ', without asking';
    return `${watched.length === 0 ? '' : `, watched ${watched.join(' and ')}`}${asked}`;
  };
  const first = (customers?.stages ?? []).map(
    (count) => `${Math.min(count, total)} of ${total} customers by name${own(customers)}`,
  );
  return [...first, ...rollout.stages.map((stage) => `${stage.percent} %${own(stage)}`)];
}

function describeRotation(
  { secretId, overlap, settle, checks, timeouts }: RotateComponent,
  plan: Plan,
  facts: PlanFacts,
): Behaviour {
  const valid = overlap === undefined ? 'for the overlap of its settings' : `for ${formatDuration(overlap)}`;
  return {
    stages: [
      `make a new credential of ${secretId}, test it, and make it the current one`,
      ...(settle === 0 ? [] : [`give consumers ${formatDuration(settle)} to read it`]),
      ...(checks.length === 0 ? [] : ['run the checks of its consumers']),
      `leave the old credential valid ${valid}, then revoke it: until then the rotation can be taken back`,
    ],
    checks: checks.map(describeCheck),
    timeouts: { migrate: (timeouts ?? plan.timeouts).migrate, ...(overlap === undefined ? {} : { overlap }) },
    effect: 'probeable',
    ...(facts.secrets?.get(secretId)?.system === 'postgresql-single-user'
      ? { undo: 'none', undoReason: 'it has one role: its old password is refused as soon as the new one is set' }
      : { undo: 'automatic' }),
  };
}

function describeTask(task: TaskComponent, plan: Plan, fact: string | TaskShape | undefined): Behaviour {
  const shape = typeof fact === 'object' ? fact : undefined;
  const count = typeof task.items === 'number' ? task.items : (task.items?.length ?? 1);
  const stages = [`call ${task.run}${count === 1 ? '' : `, ${count} steps`}`];
  if (shape?.methods.includes('verify')) stages.push('verify each step with its own function');
  const why = shape && taskUndoReason(shape);
  return {
    stages,
    timeouts: { call: task.timeout, migrate: (task.timeouts ?? plan.timeouts).migrate },
    ...(shape === undefined ? {} : { effect: shape.effect }),
    ...(why === undefined ? { undo: 'automatic' } : { undo: 'none', undoReason: why }),
  };
}

function taskUndoReason({ effect, methods }: TaskShape): string | undefined {
  if (!methods.includes('undo')) return 'its function has no undo';
  return effect === 'manual' ? 'after a crash in the middle a person must say whether it took effect' : undefined;
}

function describeCheck(check: Check): CheckDescription {
  return { name: check.name, type: check.type, rule: checkRule(check) };
}

function checkRule(check: Check): string {
  switch (check.type) {
    case 'function':
      return `${check.run} ${check.is} ${check.limit}, sample at least ${check.minSample}`;
    case 'data':
      return `at most ${formatPercent(check.limit)} of ${check.from} differs in ${check.to}`;
    case 'api':
      return `at most ${formatPercent(check.limit)} of ${check.requests.length} answers differ between ${check.old} and ${check.new}`;
    case 'performance':
      return `p95 of ${check.requests} requests to ${check.url} at most ${formatPercent(check.limit)} above the baseline`;
    case 'health':
      return `at most ${formatPercent(check.limit)} of ${check.requests} requests to ${check.url} fail`;
  }
}
