import { alarmDefinition } from '../../shared/guardrails/alarm-definition.ts';
import { guardrailSchema, type ThresholdGuardrail } from '../../shared/guardrails/guardrail.ts';
import type { Alarms } from '../../shared/ports/alarms.ts';
import { keepAlarms } from '../../shared/rollout/keep-alarms.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { completeComponent, endUndo, failComponent, requireWork } from '../../shared/run/component-end.ts';
import { componentsOf, type Ending, finishRun } from '../../shared/run/finish-run.ts';
import { componentKey, segmentKey } from '../../shared/run/keys.ts';
import { releaseRun, seizeRun } from '../../shared/run/roll-back.ts';
import type { RunDeps, RunWriter } from '../../shared/run/run-access.ts';
import { loadRun, superseded } from '../../shared/run/run-access.ts';
import type { Slice, SliceOutcome } from '../../shared/run/steps.ts';
import { undoSteps } from '../../shared/run/undo-steps.ts';
import { loadWork, openWork, settleWork, type Work } from '../../shared/run/work-access.ts';
import { type StepContext, workSteps } from '../../shared/run/work-steps.ts';
import { flagEffects, percentOf } from './flag-effects.ts';
import type { Receiver, SimComponent } from './receiver.ts';
import type { Worker } from './sim-store.ts';
import type { Control, Machine } from './sim-workflow.ts';

/** Plans by run id: which components in which phase. */
export type Plans = ReadonlyMap<string, readonly (readonly SimComponent[])[]>;

const ENVIRONMENT = 'staging';
const SLICE_MS = 60_000;
const ERRORS = guardrailSchema.parse({ type: 'metric', name: 'errors', metric: 'Errors', limit: 1 }) as ThresholdGuardrail;
/** Alarms fire as the scenario says. */
const NO_ALARMS: Alarms = { put: async () => {}, read: async () => [], remove: async () => {} };

/** Drivers that follow the deployed machines state by state, over the same use cases that the functions call. */
export function machines(plans: Plans, receiver: () => Receiver): Readonly<Record<string, Machine>> {
  const phasesOf = (runId: string) => plans.get(runId) ?? [];
  return {
    run: async (control, input) => {
      const ending = await forward(control, input, phasesOf(input.runId), receiver).catch((error: unknown): Ending => {
        if (control.execution.status !== 'RUNNING') throw error;
        return { outcome: 'crashed', reason: String(error) };
      });
      if (!ending) return;
      const finish = await control.invoke('finish', (deps) => finishRun(deps, input, ending));
      if (finish.outcome === 'rollback')
        await control.nested('rollback', `${input.runId}-${finish.epoch}`, { runId: input.runId, epoch: finish.epoch });
    },
    rollback: async (control, input) => {
      const seized = await control.invoke('seize', async (deps) => {
        const { run } = await loadRun(deps, input.runId);
        if (run.epoch !== input.epoch) throw superseded(input.runId, input.epoch);
        return { ...(await seizeRun(deps, input)), keeps: run.backTo?.keeps ?? [] };
      });
      if (seized.outcome !== 'seized') return;
      for (const phase of [...phasesOf(input.runId)].reverse()) {
        const goes = [...phase].reverse().filter(({ name }) => !seized.keeps.includes(name));
        await Promise.all(goes.map((component) => back(control, input, component, receiver())));
      }
      await control.invoke('release', (deps) => releaseRun(deps, input));
    },
  };
}

async function forward(
  control: Control,
  input: RunWriter,
  phases: readonly (readonly SimComponent[])[],
  receiver: () => Receiver,
): Promise<Ending | undefined> {
  for (;;) {
    const admission = await control.invoke('admit', (deps) => admitRun(deps, input));
    if (admission.outcome === 'admitted') break;
    if (admission.outcome === 'halted') return { outcome: 'halted' };
    if (admission.outcome === 'superseded') return undefined;
    await control.sleep(5000);
  }
  for (const phase of phases) {
    const outcomes = await Promise.all(phase.map((component) => run(control, input, component, receiver())));
    for (const outcome of ['superseded', 'halted', 'paused', 'failed'] as const) {
      if (outcomes.includes(outcome)) return outcome === 'superseded' ? undefined : { outcome };
    }
  }
  return { outcome: 'completed' };
}

async function run(
  control: Control,
  writer: RunWriter,
  component: SimComponent,
  receiver: Receiver,
): Promise<'completed' | 'failed' | 'paused' | 'halted' | 'superseded'> {
  const { name } = component;
  const prepared = await control.invoke(`prepare ${name}`, async (deps) => {
    const set = {
      kind: 'task',
      status: 'prepared',
      rollbackPoint: component.flag === undefined ? { of: name } : { percent: await percentOf(deps, component.flag) },
      ...(component.segments > 0 ? { segments: component.segments } : {}),
    };
    const work = await openWork(deps, writer, componentKey(writer.runId, name), { type: 'rollbackPointCreated', data: {} }, set);
    await settleWork(deps, work);
    if (component.flag !== undefined) await watch(deps, writer, component, component.flag);
    return { outcome: work.state.status };
  });
  if (prepared.outcome === 'superseded') return 'superseded';
  if (prepared.outcome === 'completed') return 'completed';
  const parts = component.segments > 0 ? Array.from({ length: component.segments }, (_, index) => index) : [undefined];
  const ends = await Promise.all(parts.map((segment) => workPart(control, writer, component, segment, receiver)));
  const bad = ends.find(({ outcome }) => outcome !== 'done');
  if (!bad) {
    const done = await control.invoke(`complete ${name}`, async (deps) => ({
      outcome: (await completeComponent(deps, writer, name)).status,
    }));
    return done.outcome === 'completed' ? 'completed' : 'superseded';
  }
  if (bad.outcome === 'paused' || bad.outcome === 'halted' || bad.outcome === 'superseded') return bad.outcome;
  await control.invoke(`fail ${name}`, (deps) => failComponent(deps, writer, name, { code: bad.outcome, message: bad.outcome }));
  return 'failed';
}

/** Its alarm, so that an alarm that comes after the end knows for how long it may take the run back. */
const watch = (deps: RunDeps, { runId }: RunWriter, { name, rollbackWindow = 0 }: SimComponent, flag: string): Promise<void> => {
  const of = { runId, environment: ENVIRONMENT, component: name, flag };
  const alarm = {
    name: runId,
    owner: { ...of, guardrail: 'errors' },
    definition: alarmDefinition(ERRORS),
    series: {},
    acts: true,
  };
  return keepAlarms({ ...deps, alarms: NO_ALARMS }, of, [alarm], rollbackWindow);
};

/** Slices of one component or segment until it needs no more. */
async function slices(
  control: Control,
  label: string,
  body: (deps: RunDeps, worker: Worker, slice: Slice) => Promise<SliceOutcome>,
): Promise<SliceOutcome | { outcome: 'superseded' }> {
  for (;;) {
    const end = await control.invoke(label, (deps, worker, invocation) =>
      body(deps, worker, { invocation, until: deps.clock.now() + SLICE_MS }),
    );
    if (end.outcome === 'wait') await control.sleepUntil(end.until);
    else if (end.outcome !== 'more') return end;
  }
}

function workPart(control: Control, writer: RunWriter, component: SimComponent, segment: number | undefined, receiver: Receiver) {
  const part = partName(component, segment);
  return slices(control, `work ${part}`, async (deps, worker, slice) => {
    const work =
      segment === undefined
        ? await requireWork(deps, writer, component.name)
        : await openWork(
            deps,
            writer,
            segmentKey(writer.runId, component.name, segment),
            { type: 'stepStarted', data: {} },
            { kind: 'segment', status: 'prepared' },
          );
    return workSteps(await contextOf(deps, worker, slice, writer, component, part, receiver), work);
  });
}

async function back(control: Control, writer: RunWriter, component: SimComponent, receiver: Receiver): Promise<void> {
  const parts = component.segments > 0 ? Array.from({ length: component.segments }, (_, index) => index) : [undefined];
  const ends = await Promise.all(
    parts.map((segment) =>
      slices(control, `undo ${partName(component, segment)}`, async (deps, worker, slice) => {
        const key =
          segment === undefined ? componentKey(writer.runId, component.name) : segmentKey(writer.runId, component.name, segment);
        const work: Work | undefined = await loadWork(deps, writer, key);
        if (!work || work.state.status === 'open') return { outcome: 'done' };
        return undoSteps(await contextOf(deps, worker, slice, writer, component, partName(component, segment), receiver), work);
      }),
    ),
  );
  const end = ends.find(({ outcome }) => outcome !== 'done') ?? { outcome: 'done' as const };
  if (end.outcome === 'superseded') return;
  await control.invoke(`end undo ${component.name}`, async (deps) => {
    const { run } = await loadRun(deps, writer.runId);
    const work = (await componentsOf(deps, run)).find(({ name }) => name === component.name)?.work;
    if (!work || work.status === 'open') return { outcome: 'open' };
    return { outcome: (await endUndo(deps, writer, component.name, end)).status };
  });
}

async function contextOf(
  deps: RunDeps,
  worker: Worker,
  slice: Slice,
  writer: RunWriter,
  component: SimComponent,
  part: string,
  receiver: Receiver,
): Promise<StepContext> {
  const { run } = await loadRun(deps, writer.runId);
  return {
    deps,
    slice,
    environment: ENVIRONMENT,
    effects:
      component.flag === undefined
        ? receiver.effects(worker, deps.clock, writer.runId, part, component)
        : flagEffects(deps, writer, component, component.flag),
    stands: (step) => run.stands?.[`${part}/${step}`],
  };
}

const partName = (component: SimComponent, segment: number | undefined): string =>
  segment === undefined ? component.name : `${component.name}#${segment}`;
