import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { goOn } from '../../../../shared/run/command-run.ts';
import { completeComponent, endUndo, failComponent, requireWork } from '../../../../shared/run/component-end.ts';
import { componentKey } from '../../../../shared/run/keys.ts';
import { seizeItems } from '../../../../shared/run/take-over.ts';
import { intentOf, NOW, runBed, writerOf } from './run-bed.ts';

const FAILURE = { code: 'X', message: 'went wrong' };

const left = async (set = {}) => {
  const bed = runBed();
  const run = await bed.admitted();
  await bed.open(run, 'one', set);
  return { ...bed, of: run, writer: writerOf(run) };
};

describe('a component that must exist', () => {
  it('and does not was taken over', async () => {
    const { deps, writer } = await left();
    await expect(requireWork(deps, writer, 'two')).rejects.toThrow(SupersededError);
  });
});

describe('completing a component', () => {
  it('writes its end and outputs and forgets how it got there', async () => {
    const { deps, writer, published } = await left({ status: 'worked', intent: { ...intentOf() }, failure: FAILURE });
    const done = await completeComponent(deps, writer, 'one', { rows: 3 });
    expect(done).toMatchObject({ status: 'completed', endedAt: NOW, outputs: { rows: 3 } });
    expect(done).not.toHaveProperty('intent');
    expect(done).not.toHaveProperty('failure');
    expect(published.at(-1)?.type).toBe('componentCompleted');
  });

  it('keeps the outputs of its step where it is given none', async () => {
    const { deps, writer } = await left({ status: 'worked', outputs: 'did 0' });
    expect((await completeComponent(deps, writer, 'one')).outputs).toBe('did 0');
  });

  it('twice changes nothing', async () => {
    const { deps, writer } = await left();
    const { rev } = await completeComponent(deps, writer, 'one', 1);
    expect(await completeComponent(deps, writer, 'one', 2)).toMatchObject({ rev, outputs: 1 });
  });
});

describe('failing a component', () => {
  it('writes why', async () => {
    const { deps, writer, published } = await left({ status: 'working' });
    expect(await failComponent(deps, writer, 'one', FAILURE)).toMatchObject({ status: 'failed', failure: FAILURE, endedAt: NOW });
    expect(published.at(-1)).toMatchObject({ type: 'componentFailed', data: FAILURE });
  });

  it.each(['ambiguous', 'completed'])('leaves one that is %s as it is', async (status) => {
    const { deps, writer } = await left({ status });
    expect(await failComponent(deps, writer, 'one', FAILURE)).toMatchObject({ status, rev: 1 });
  });

  it('twice keeps the first reason', async () => {
    const { deps, writer } = await left();
    await failComponent(deps, writer, 'one', FAILURE);
    expect(await failComponent(deps, writer, 'one', { code: 'Y', message: 'later' })).toMatchObject({ failure: FAILURE, rev: 2 });
  });

  it('that failed under an earlier epoch writes why it failed this time', async () => {
    const { deps, of, writer } = await left();
    await failComponent(deps, writer, 'one', FAILURE);
    const { run } = await goOn(deps, of.id, { actor: 'ada', reason: 'again' });
    await seizeItems(deps, run, writerOf(run));
    const again = { code: 'Y', message: 'another reason' };
    expect(await failComponent(deps, writerOf(run), 'one', again)).toMatchObject({ status: 'failed', failure: again });
  });
});

describe('ending the undo of a component', () => {
  it('that is done says so', async () => {
    const { deps, writer, published } = await left({ failure: FAILURE });
    const undone = await endUndo(deps, writer, 'one', { outcome: 'done' });
    expect(undone).toMatchObject({ status: 'undone', endedAt: NOW });
    expect(undone).not.toHaveProperty('failure');
    expect(published.at(-1)?.type).toBe('componentUndone');
  });

  it('that failed says so', async () => {
    const { deps, writer, published } = await left();
    expect(await endUndo(deps, writer, 'one', { outcome: 'failed', ...FAILURE })).toMatchObject({ status: 'undo-failed' });
    expect(published.at(-1)).toMatchObject({ type: 'componentFailed', data: { ...FAILURE, back: true } });
  });

  it.each([
    ['undone', { outcome: 'failed', ...FAILURE } as const],
    ['ambiguous', { outcome: 'ambiguous', step: 0, next: 'n' } as const],
  ])('leaves one that is %s as it is', async (status, outcome) => {
    const { deps, writer } = await left({ status });
    expect(await endUndo(deps, writer, 'one', outcome)).toMatchObject({ status, rev: 1 });
  });
});

describe('an epoch that is over', () => {
  it('ends no component', async () => {
    const { deps, put, of, writer } = await left();
    await put(componentKey(of.id, 'one'), { epoch: 2 });
    await expect(completeComponent(deps, writer, 'one')).rejects.toThrow(SupersededError);
    await expect(failComponent(deps, writer, 'one', FAILURE)).rejects.toThrow(SupersededError);
    await expect(endUndo(deps, writer, 'one', { outcome: 'done' })).rejects.toThrow(SupersededError);
  });
});
