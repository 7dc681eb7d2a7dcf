import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComponentNotFoundError } from '../../../../shared/errors/run-errors.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import { completeComponent, endUndo } from '../../../../shared/run/component-end.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { failover } from '../../../../shared/run/flag-access.ts';
import { componentKey, flagKey, lockKey } from '../../../../shared/run/keys.ts';
import { releaseRun, seizeRun } from '../../../../shared/run/roll-back.ts';
import { goBackTo, type PlannedPhase, reachOf } from '../../../../shared/run/roll-back-to.ts';
import type { WorkStatus } from '../../../../shared/run/work-state.ts';
import { runBed, writerOf } from './run-bed.ts';

const SAID = { actor: 'ada', reason: 'two was wrong' };
const PHASES: readonly PlannedPhase[] = [
  { name: 'p0', after: [], components: [{ name: 'one', flag: 'f' }] },
  { name: 'p1', after: ['p0'], components: [{ name: 'two' }, { name: 'beside' }] },
  { name: 'p2', after: ['p1'], components: [{ name: 'three' }] },
  { name: 'p3', after: ['p0'], components: [{ name: 'four' }] },
];
const FLAG = flagKey('staging', 'f');
const COMPONENTS = PHASES.flatMap(({ name: phase, components }) => components.map(({ name }) => ({ name, kind: 'task', phase })));
const NAMES = COMPONENTS.map(({ name }) => name);

/** A run that has ended, with these components complete and the others never begun. */
const rested = async (complete: readonly string[] = NAMES) => {
  const bed = runBed();
  await bed.put(FLAG, { environment: 'staging', key: 'f', document: { percent: 100 }, rev: 1 });
  const of = await bed.admitted({ components: COMPONENTS, onFailure: 'stop', resources: ['b', 'a', 'flag:f'], flags: ['f'] });
  for (const name of complete) {
    await bed.open(of, name, { status: 'worked' });
    await completeComponent(bed.deps, writerOf(of), name);
  }
  await finishRun(bed.deps, writerOf(of), { outcome: complete.length === NAMES.length ? 'completed' : 'failed' });
  return {
    ...bed,
    of,
    now: () => bed.run(of.id),
    back: (component: string) => goBackTo(bed.deps, of.id, { component, phases: PHASES }, SAID),
  };
};
type Rested = Awaited<ReturnType<typeof rested>>;

/** What the machine does: everything but what is kept is undone. */
const carriedOut = async ({ deps, now }: Rested) => {
  const run = await now();
  await seizeRun(deps, writerOf(run));
  for (const { name } of run.components) {
    if (run.backTo?.keeps.includes(name)) continue;
    const item = await deps.store.read(componentKey(run.id, name));
    if (item?.['status'] !== undefined) await endUndo(deps, writerOf(run), name, { outcome: 'done' });
  }
  return releaseRun(deps, writerOf(run));
};

describe('how far a component’s rollback goes', () => {
  const all = (over: Partial<Record<string, WorkStatus>> = {}) =>
    new Map<string, WorkStatus>(NAMES.map((name) => [name, over[name] ?? 'completed']));

  it('keeps what did not come after it, with its flags', () => {
    expect(reachOf(PHASES, all(), 'two')).toEqual({ component: 'two', keeps: ['one', 'beside', 'four'], flags: { f: 'one' } });
    expect(reachOf(PHASES, all(), 'four').keeps).toEqual(['one', 'two', 'beside', 'three']);
    expect(reachOf(PHASES, all(), 'one')).toEqual({ component: 'one', keeps: [], flags: {} });
  });

  it('keeps nothing that is not complete', () => {
    expect(reachOf(PHASES, all({ beside: 'failed', four: 'open' }), 'two').keeps).toEqual(['one']);
  });

  it('keeps exactly what did not wait for it, however the phases wait for each other', () => {
    const plans = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(plans, fc.nat(20), (shape, chosen) => {
        const phases = shape.map((after, index) => ({
          name: `p${index}`,
          after: index === 0 ? [] : [...new Set(after.map((one) => `p${one % index}`))],
          components: [{ name: `a${index}` }, { name: `b${index}` }],
        }));
        const own = `p${chosen % phases.length}`;
        const waits = (name: string): boolean =>
          phases.some((phase) => phase.name === name && phase.after.some((one) => one === own || waits(one)));
        const works = new Map(phases.flatMap(({ components }) => components.map(({ name }) => [name, 'completed' as const])));
        const component = own.replace('p', 'a');
        const stays = phases.filter(({ name }) => !waits(name)).flatMap(({ components }) => components.map(({ name }) => name));
        expect(reachOf(phases, works, component).keeps).toEqual(stays.filter((name) => name !== component));
      }),
    );
  });
});

describe('taking back one component', () => {
  it('undoes it with what came after it, and lets the locks go while the rest stands', async () => {
    const bed = await rested();
    expect(await bed.back('two')).toMatchObject({
      ...{ joined: false, goesBack: ['two', 'three'], keeps: ['one', 'beside', 'four'] },
      run: { status: 'rolling-back', epoch: 2 },
    });
    expect(bed.workflow.started.at(-1)).toBe(`rollback/${bed.of.id}-2`);
    expect(await carriedOut(bed)).toEqual({ status: 'rolled-back' });
    expect(await bed.now()).toMatchObject({ rolledBack: ['two', 'three'], succeeded: ['one', 'beside', 'four'] });
    expect(await bed.item(lockKey('a'))).not.toHaveProperty('holder');
    expect(await bed.item(componentKey(bed.of.id, 'one'))).toMatchObject({ status: 'completed' });
  });

  it('takes back with it what had begun and is not complete', async () => {
    const bed = await rested(['one', 'beside']);
    await bed.put(componentKey(bed.of.id, 'two'), { status: 'failed', epoch: 1, rev: 1 });
    expect(await bed.back('beside')).toMatchObject({ goesBack: ['two', 'beside'], keeps: ['one'] });
  });

  it('of which all depends is a rollback of the run', async () => {
    const bed = await rested();
    expect(await bed.back('one')).toMatchObject({ goesBack: NAMES, keeps: [] });
    expect(await bed.now()).not.toHaveProperty('backTo');
    expect(await carriedOut(bed)).toEqual({ status: 'rolled-back' });
    expect(await bed.now()).not.toHaveProperty('succeeded');
  });

  it('joins the same that is under way', async () => {
    const bed = await rested();
    const [first, second] = await Promise.all([bed.back('two'), bed.back('two')]);
    expect([first.joined, second.joined].sort()).toEqual([false, true]);
    expect(second).toMatchObject({ goesBack: ['two', 'three'], keeps: ['one', 'beside', 'four'], run: { epoch: 2 } });
    await expect(bed.back('four')).rejects.toThrow(`${bed.of.id} goes back to two at this moment`);
  });

  it('joins a rollback of the run, with which it goes back', async () => {
    const bed = await rested();
    await goBack(bed.deps, bed.of.id, SAID);
    expect(await bed.back('two')).toMatchObject({ joined: true, goesBack: NAMES, keeps: [] });
  });

  it('is refused where there is nothing to take back', async () => {
    const bed = await rested(['one']);
    await expect(bed.back('nobody')).rejects.toThrow(ComponentNotFoundError);
    await expect(bed.back('two')).rejects.toThrow(`two of ${bed.of.id} has not begun: nothing of it can be taken back.`);
    const other = await rested();
    await other.back('three');
    await carriedOut(other);
    await expect(other.back('three')).rejects.toThrow(`three of ${other.of.id} is taken back already.`);
    expect(await other.back('two')).toMatchObject({ goesBack: ['two'], keeps: ['one', 'beside', 'four'] });
  });

  it('that fails rests with its locks, names how to go on, and goes on', async () => {
    const bed = await rested();
    const { run } = await bed.back('two');
    await seizeRun(bed.deps, writerOf(run));
    await endUndo(bed.deps, writerOf(run), 'two', { outcome: 'done' });
    await endUndo(bed.deps, writerOf(run), 'three', { outcome: 'failed', code: 'X', message: 'm' });
    expect(await releaseRun(bed.deps, writerOf(run))).toEqual({ status: 'rollback-failed' });
    expect(await bed.now()).toMatchObject({
      failed: ['three'],
      next: `slipway logs ${run.id}, mend what it names, then: slipway rollback ${run.id} --component two -m REASON`,
    });
    expect(await bed.item(lockKey('a'))).toMatchObject({ holder: run.id });
    expect(await bed.back('two')).toMatchObject({ goesBack: ['three'], run: { epoch: 3 } });
    expect(await carriedOut(bed)).toEqual({ status: 'rolled-back' });
  });

  it('is refused where a later run has held a lock since, and the run is as it was', async () => {
    const bed = await rested();
    await bed.put(lockKey('a'), { fence: 2, lastHolder: 'later' });
    const { run } = await bed.back('two');
    expect(await seizeRun(bed.deps, writerOf(run))).toEqual({ outcome: 'refused', status: 'succeeded' });
    expect(await bed.now()).toMatchObject({ status: 'succeeded', reason: 'Rollback refused: run later has held a since' });
    expect(await bed.now()).not.toHaveProperty('backTo');
  });

  it('lets the flag of a rollout that stays go as it is', async () => {
    const bed = await rested();
    const { run } = await bed.back('two');
    await seizeRun(bed.deps, writerOf(run));
    expect(await bed.item(FLAG)).toMatchObject({ owner: run.id, ownerEpoch: 2 });
    await carriedOut(bed);
    expect(await bed.item(FLAG)).toMatchObject({ document: { percent: 100 }, released: { runId: run.id, epoch: 2 } });
    expect(await bed.item(FLAG)).not.toHaveProperty('owner');
  });

  it('turns back the rest where an alarm has sent that flag to the old side meanwhile', async () => {
    const bed = await rested();
    const { run } = await bed.back('two');
    await seizeRun(bed.deps, writerOf(run));
    await failover(bed.deps, run.id, run, 'f', { at: 1, by: 'alarm', reason: 'errors' });
    expect(await carriedOut(bed)).toEqual({ status: 'rolling-back' });
    expect(await bed.now()).toMatchObject({ epoch: 3, turnedBy: 'GUARDRAIL_TRIPPED', before: 'succeeded' });
    expect(await bed.now()).not.toHaveProperty('backTo');
    expect(await carriedOut(bed)).toEqual({ status: 'rolled-back' });
    expect(await bed.item(FLAG)).not.toHaveProperty('owner');
  });
});
