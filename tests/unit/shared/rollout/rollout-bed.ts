import { AlarmBook } from '../../../../adapters/embedded/metrics/alarm-book.ts';
import { MetricsBook } from '../../../../adapters/embedded/metrics/metrics-book.ts';
import { MemoryAlarmShelf } from '../../../../adapters/memory/alarm-shelf.ts';
import type { RolloutComponent } from '../../../../shared/plan/component.ts';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import { clearStage, type Reach } from '../../../../shared/rollout/clear-stage.ts';
import { alarmsOf } from '../../../../shared/rollout/guardrail-alarms.ts';
import { judgeStage } from '../../../../shared/rollout/judge-stage.ts';
import { keepAlarms } from '../../../../shared/rollout/keep-alarms.ts';
import type { RolloutContext } from '../../../../shared/rollout/rollout-context.ts';
import { progressOf } from '../../../../shared/rollout/rollout-progress.ts';
import { type DocumentAt, shiftStage, undoStages } from '../../../../shared/rollout/shift-stage.ts';
import { requireStage } from '../../../../shared/rollout/stage.ts';
import { tripGuardrail } from '../../../../shared/rollout/trip-guardrail.ts';
import { completeComponent } from '../../../../shared/run/component-end.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { effective, type FlagDocument } from '../../../../shared/run/flag-state.ts';
import { loadFlag, putFlag } from '../../../../shared/run/put-flag.ts';
import { releaseRun, seizeRun } from '../../../../shared/run/roll-back.ts';
import type { RunState } from '../../../../shared/run/run-state.ts';
import { present, runBed, writerOf } from '../run/run-bed.ts';

export const BEFORE = { state: 'ENABLED', percent: 0 };
/** At the beginning of a period, whatever its length. */
const START = 1_200_000;
const PERIOD = 10_000;

const errors = { type: 'rate', name: 'errors', events: 'Errors', of: 'Requests', limit: 5, period: '10s', window: '30s' };

/** A rollout as a plan says it: 10, 50, 100 %, a minute each, 100 exposures of each side. */
export function rollout(more: object = {}): RolloutComponent {
  const component = {
    ...{ name: 'search', kind: 'rollout', flag: 'new-search', stages: [10, 50, 100], bake: '1m', minSample: 100 },
    guardrails: [errors],
    ...more,
  };
  const other = { name: 'index', kind: 'rollout', flag: 'new-index', stages: [10, 50, 100] };
  const phases = [{ name: 'roll', components: [component, other] }];
  const parsed = parsePlanObject({ slipway: 1, name: 'search', target: 'staging/search', phases });
  const planned = parsed.ok ? parsed.plan.phases[0]?.components[0] : undefined;
  if (planned?.kind !== 'rollout') throw new Error(JSON.stringify(parsed));
  return planned;
}

/** What a side sends in ten seconds. */
export interface Traffic {
  readonly exposures: number;
  readonly requests: number;
  readonly errors: number;
}

/**
 * A run with one rollout, admitted and prepared, over a memory store, with the metrics and alarms of the embedded control
 * plane, and time that a test moves. Its functions stand for the states of the machine.
 */
export async function rolloutBed(more: object = {}, before: FlagDocument = BEFORE) {
  const bed = runBed();
  const { clock } = bed;
  await clock.advanceTo(START);
  const component = rollout(more);
  const metrics = new MetricsBook({ clock });
  const nobody = async () => {};
  const alarms = await AlarmBook.open({ metrics, shelf: new MemoryAlarmShelf(), clock, onAlarm: nobody, onFault: () => {} });
  const deps = { ...bed.deps, metrics, alarms };
  const owner = { environment: 'staging', component: 'search', guardrail: 'errors', flag: 'new-search' };
  await putFlag(deps, { environment: 'staging', key: 'new-search', document: before, actor: 'ada', reason: 'begin' });
  const request = {
    flags: ['new-search'],
    resources: ['flag:staging/new-search'],
    components: [{ name: 'search', kind: 'rollout', phase: 'roll' }],
  };
  const started = await bed.admitted(request);
  const of = { runId: started.id, environment: 'staging', component: 'search' };

  const documentAt: DocumentAt = (before, stage) => ({ ...before, percent: requireStage(component, stage).percent });
  let invocations = 0;
  const context = (run: RunState = started): RolloutContext => ({
    ...{ deps, writer: writerOf(run), environment: 'staging', component, flags: ['new-search'] },
    slice: { invocation: `invocation-${++invocations}`, until: clock.now() + 55_000 },
  });
  const put = (variation: string, { exposures, requests, errors: bad }: Traffic) => {
    const series = { namespace: 'Slipway', dimensions: { variation }, at: clock.now() };
    const values = { Exposures: exposures, Requests: requests, Errors: bad };
    return metrics.put(
      Object.entries(values).flatMap(([metric, value]) => (value < 0 ? [] : [{ ...series, metric, values: [value] }])),
    );
  };
  return {
    ...bed,
    ...{ deps, metrics, alarms, component, environment: 'staging', context, documentAt, request },
    run: () => bed.run(started.id),
    bedRun: bed.run,
    id: started.id,
    prepare: async () => {
      await bed.open(started, 'search', { kind: 'rollout', startedAt: clock.now(), rollbackPoint: { document: before } });
      await keepAlarms(deps, { ...of, flag: 'new-search' }, alarmsOf(component, of), component.rollbackWindow);
    },
    clear: (reach: Reach = new Map()) => clearStage(context(), async () => reach),
    shift: () => shiftStage(context(), documentAt),
    judge: () => judgeStage(context()),
    /** Both sides send this every ten seconds, while alarms are looked at, for so many periods. */
    serve: async (periods: number, on: Traffic, off: Traffic = GOOD) => {
      for (let period = 0; period < periods; period += 1) {
        await put('on', on);
        await put('off', off);
        await clock.advanceTo(clock.now() + PERIOD);
        await alarms.tick();
      }
    },
    finish: async () => {
      await completeComponent(deps, writerOf(started), 'search');
      return finishRun(deps, writerOf(started), { outcome: 'completed' });
    },
    /** Each is an invocation of its own. */
    trip: () => tripGuardrail({ ...deps }, { ...owner, runId: started.id }, { name: 'alarm-1', reason: 'too many errors' }),
    /** The rollback machine, from the beginning to the end. */
    goBack: async () => {
      const writer = writerOf(await bed.run(started.id));
      const seized = await seizeRun(deps, writer);
      if (seized.outcome !== 'seized') return seized.status;
      const undone = await undoStages({ ...context(), writer }, documentAt);
      if (undone.outcome !== 'done') throw new Error(JSON.stringify(undone));
      await bed.deps.store.write({ name: 'test.undone', key: componentOf(started.id), set: { status: 'undone' }, when: [] });
      return (await releaseRun(deps, writer)).status;
    },
    flag: async () => present(await loadFlag(deps.store, 'staging', 'new-search')),
    served: async () => effective(present(await loadFlag(deps.store, 'staging', 'new-search'))),
    work: () => bed.work(started, 'search'),
    progress: async () => progressOf(await bed.work(started, 'search')),
  };
}

const componentOf = (runId: string) => ({ pk: `RUN#${runId}`, sk: 'COMPONENT#search' });

export const GOOD: Traffic = { exposures: 100, requests: 100, errors: 0 };
export const BAD: Traffic = { exposures: 100, requests: 100, errors: 50 };
/** Shown to people, and not a word of them. */
export const DEAD: Traffic = { exposures: 100, requests: -1, errors: -1 };
export const NONE: Traffic = { exposures: -1, requests: -1, errors: -1 };

/** A rollout in its first stage. */
export async function inFirstStage(more: object = {}, before: FlagDocument = BEFORE) {
  const bed = await rolloutBed(more, before);
  await bed.prepare();
  await bed.shift();
  return bed;
}
