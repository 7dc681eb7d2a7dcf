import type { Standing } from '../admission/queue.ts';
import { readApproval } from '../approval/approval-state.ts';
import type { Component, Plan } from '../plan/plan.ts';
import type { Item } from '../ports/store.ts';
import type { Holder } from '../run/locks.ts';
import { ACTIVE, hasEnded, type RunState } from '../run/run-state.ts';
import type { WorkState } from '../run/work-state.ts';
import { stepCount } from '../task/task-effects.ts';
import { checkResult } from '../validation/check-result.ts';
import type { ComponentView, RunSummary, RunView } from './run-view.ts';
import { viewBatch } from './view-batch.ts';
import { viewRollout } from './view-rollout.ts';

/** Everything about a run that is stored, as it was read at `now` (epoch ms). */
export interface RunRecords {
  readonly run: RunState;
  readonly plan: Plan;
  readonly components: readonly {
    readonly name: string;
    readonly work: WorkState | undefined;
    readonly item: Item | undefined;
  }[];
  /** By component. */
  readonly segments: ReadonlyMap<string, readonly WorkState[]>;
  readonly validations: readonly Item[];
  readonly holders: readonly Holder[];
  readonly turn: Standing | undefined;
  readonly now: number;
}

/** What a person is shown of a run. All counts are derived from its items; none is kept. */
export function viewRun(records: RunRecords): RunView {
  const { run, now } = records;
  // What else the item holds is nobody's business; the answer's schema takes it away.
  const summary: RunSummary = run;
  const components = run.components.map((planned) => viewComponent(records, planned));
  const fences = run.fences ?? {};
  return {
    ...summary,
    onFailure: run.onFailure,
    ...given({
      turn: records.turn,
      canResume: run.canResume,
      succeeded: run.succeeded,
      failed: run.failed,
      rolledBack: run.rolledBack,
      backTo: run.backTo,
      notUndone: run.notUndone,
    }),
    components,
    checks: records.validations.map(viewCheck),
    locks: records.holders.map((held) => ({ ...held, fence: fences[held.resource] ?? 0 })),
    totals: totalsOf(run, components),
    seconds: ((run.endedAt ?? now) - run.createdAt) / 1000,
    // A run at its end that still holds a lock is about to let it go.
    resting: !ACTIVE.has(run.status) && !(hasEnded(run) && records.holders.some(({ holder }) => holder === run.id)),
  };
}

function viewComponent(records: RunRecords, { name, kind, phase }: RunState['components'][number]): ComponentView {
  const found = records.components.find((component) => component.name === name);
  const work = found?.work;
  const planned = records.plan.phases.flatMap(({ components }) => components).find((component) => component.name === name);
  const segments = records.segments.get(name) ?? [];
  const writes = { data: 0, checkpoints: work?.rev ?? 0, events: work?.rev ?? 0 };
  const rollout = planned?.kind === 'rollout' ? { rollout: viewRollout(planned, work) } : {};
  if (!work) return { name, kind, phase, status: 'pending', writes, ...rollout };
  const { startedAt, endedAt, outputs, failure, notUndone, intent } = work;
  return {
    name,
    kind,
    phase,
    status: work.status === 'open' ? 'pending' : work.status,
    ...given({ startedAt, endedAt, outputs, failure, notUndone }),
    writes,
    ...rollout,
    ...(planned ? viewKind(planned, work, found?.item) : {}),
    ...(intent ? { underWay: { step: intent.step, attempt: intent.attempt, back: intent.back, deadline: intent.deadline } } : {}),
    ...(kind === 'batch' ? viewBatch(work, segments, records.now) : {}),
  };
}

function viewKind(component: Component, work: WorkState, item: Item | undefined): Partial<ComponentView> {
  switch (component.kind) {
    case 'task':
      return { steps: { done: work.cursor, total: stepCount(component) } };
    case 'approval': {
      const approval = readApproval(item);
      return approval ? { approval } : {};
    }
    case 'wait':
      return work.startedAt === undefined ? {} : { waitsUntil: work.startedAt + component.for };
    default:
      return {};
  }
}

function viewCheck(item: Item): RunView['checks'][number] {
  return { ...checkResult.parse(item['result']), scope: String(item['scope']), at: Number(item['at']) };
}

function totalsOf(run: RunState, components: readonly ComponentView[]): RunView['totals'] {
  const sum = (of: (component: ComponentView) => number | undefined) =>
    components.reduce((total, component) => total + (of(component) ?? 0), 0);
  return {
    records: {
      read: sum(({ batch }) => batch?.records.read),
      written: sum(({ batch }) => batch?.records.written),
      quarantined: sum(({ batch }) => batch?.records.quarantined),
      kept: sum(({ batch }) => batch?.records.kept),
    },
    verification: {
      compared: sum(({ verification }) => verification?.compared),
      mismatches: sum(({ verification }) => verification?.mismatches),
    },
    writes: {
      data: sum(({ writes }) => writes.data),
      checkpoints: run.rev + sum(({ writes }) => writes.checkpoints),
      events: run.rev + sum(({ writes }) => writes.events),
    },
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
