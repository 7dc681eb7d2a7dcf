import { describe, expect, it } from 'vitest';
import { RunNotFoundError, RunStateError } from '../../../../shared/errors/run-errors.ts';
import { goBack, goOn, pauseRun } from '../../../../shared/run/command-run.ts';
import { runKey } from '../../../../shared/run/keys.ts';
import { runBed } from './run-bed.ts';

const SAID = { actor: 'ada', reason: 'because' };

describe('pausing a run', () => {
  it('is written at once, by whom too', async () => {
    const { deps, admitted, published } = runBed();
    const run = await admitted();
    expect(await pauseRun(deps, run.id, 'bob')).toMatchObject({ run: { status: 'pausing', epoch: 1 }, joined: false });
    expect(published.at(-1)).toMatchObject({ actor: 'bob', data: { from: 'running', to: 'pausing' } });
  });

  it('twice is refused, with the next action', async () => {
    const { deps, admitted } = runBed();
    const run = await admitted();
    await pauseRun(deps, run.id, 'ada');
    const again = pauseRun(deps, run.id, 'ada');
    await expect(again).rejects.toThrow(RunStateError);
    await expect(again).rejects.toMatchObject({ message: `${run.id} is pausing already`, next: `slipway resume ${run.id}` });
  });

  it('of no run says so', async () => {
    const missing = pauseRun(runBed().deps, 'r9', 'ada');
    await expect(missing).rejects.toThrow(RunNotFoundError);
    await expect(missing).rejects.toMatchObject({ message: 'There is no run r9', next: 'slipway list' });
  });
});

describe('going on', () => {
  it('starts an execution of a new epoch, with the person’s word', async () => {
    const { deps, admitted, workflow } = runBed();
    const made = await admitted();
    await pauseRun(deps, made.id, 'ada');
    const { run } = await goOn(deps, made.id, { ...SAID, stands: { 'one/0': true } }, 'd2');
    expect(run).toMatchObject({ status: 'queued', epoch: 2, stands: { 'one/0': true }, plan: { digest: 'd2' } });
    expect(workflow.started.at(-1)).toBe(`run/${made.id}-2`);
  });

  it('is refused once the run has turned back', async () => {
    const { deps, admitted, workflow } = runBed();
    const made = await admitted();
    await goBack(deps, made.id, SAID);
    await expect(goOn(deps, made.id, SAID)).rejects.toMatchObject({ code: 'RUN_STATE', next: 'slipway start FILE' });
    expect(workflow.started).not.toContain(`run/${made.id}-3`);
  });
});

describe('going back', () => {
  it('starts a rollback under a new epoch', async () => {
    const { deps, admitted, workflow } = runBed();
    const made = await admitted();
    expect(await goBack(deps, made.id, SAID)).toMatchObject({ run: { status: 'rolling-back', epoch: 2 }, joined: false });
    expect(workflow.started.at(-1)).toBe(`rollback/${made.id}-2`);
  });

  it('a second time joins the live one, and starts it where the first call died', async () => {
    const { deps, admitted, workflow } = runBed();
    const made = await admitted();
    workflow.dieAtStart = true;
    await expect(goBack(deps, made.id, SAID)).rejects.toThrow('the process died');
    expect(await goBack(deps, made.id, SAID)).toMatchObject({ run: { epoch: 2 }, joined: true });
    expect(workflow.started.at(-1)).toBe(`rollback/${made.id}-2`);
  });

  it('is decided anew where another writer comes between', async () => {
    const { deps, admitted, store } = runBed();
    const made = await admitted();
    store.meetOnce('run.command', async (send) => {
      await pauseRun(deps, made.id, 'bob');
      return send();
    });
    expect(await goBack(deps, made.id, SAID)).toMatchObject({ run: { before: 'pausing', epoch: 2 } });
  });

  it('gives up where others come between each time', async () => {
    const { deps, admitted, store, put } = runBed();
    const made = await admitted();
    let rev = 100;
    store.meet(async (write, send) => {
      if (write.name !== 'run.command') return send();
      store.meet(undefined);
      await put(runKey(made.id), { rev: rev++ });
      return { applied: false, current: undefined };
    });
    // One rival alone is overcome.
    expect(await goBack(deps, made.id, SAID)).toMatchObject({ joined: false });
    store.meet(async (write, send) => (write.name === 'run.command' ? { applied: false, current: undefined } : send()));
    await put(runKey(made.id), { status: 'rollback-failed' });
    await expect(goBack(deps, made.id, SAID)).rejects.toMatchObject({ code: 'SUPERSEDED', next: `slipway status ${made.id}` });
  });

  it('of a run that is rolled back is refused', async () => {
    const { deps, admitted, put } = runBed();
    const made = await admitted();
    await put(runKey(made.id), { status: 'rolled-back', direction: 'back' });
    await expect(goBack(deps, made.id, SAID)).rejects.toThrow(`${made.id} is rolled back already`);
  });
});
