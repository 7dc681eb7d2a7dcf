import { describe, expect, it } from 'vitest';
import { RivalError, SupersededError } from '../../../../shared/errors/run-errors.ts';
import { componentKey } from '../../../../shared/run/keys.ts';
import { changeWork, loadWork, openWork, settleWork } from '../../../../shared/run/work-access.ts';
import { seizeItem } from '../../../../shared/run/writes.ts';
import { present, runBed } from './run-bed.ts';

const WRITER = { runId: 'r1', epoch: 2 };
const KEY = componentKey('r1', 'one');
const DRAFT = { type: 'rollbackPointCreated' } as const;

const opening = () => {
  const bed = runBed();
  const open = (writer = WRITER) =>
    openWork(bed.deps, writer, KEY, DRAFT, { status: 'prepared', rollbackPoint: { by: writer.epoch } });
  return { ...bed, open };
};

describe('opening a component', () => {
  it('creates it', async () => {
    const { open, deps } = opening();
    expect((await open()).state).toMatchObject({ status: 'prepared', epoch: 2, rev: 1, cursor: 0, direction: 'forward' });
    expect(await loadWork(deps, WRITER, componentKey('r1', 'two'))).toBeUndefined();
  });

  it('twice leaves it as it was: what it holds for going back is written once', async () => {
    const { open, deps } = opening();
    const first = await open();
    await changeWork(deps, first, { type: 'stepStarted' }, { set: { status: 'working' } });
    expect((await open()).state).toMatchObject({ status: 'working', rollbackPoint: { by: 2 } });
  });

  it('takes up what a seizure of this epoch left open', async () => {
    const { open, store } = opening();
    await store.write(seizeItem(KEY, 2, 'forward'));
    expect((await open()).state).toMatchObject({ status: 'prepared', epoch: 2, rev: 2 });
  });

  it('by an epoch that is over is refused', async () => {
    const { open, store } = opening();
    await store.write(seizeItem(KEY, 3, 'back'));
    await expect(open()).rejects.toThrow(SupersededError);
  });

  it('finds what an attempt of the same epoch created a moment before', async () => {
    const { open, store } = opening();
    store.meetOnce('item.create', async (send) => {
      await open();
      return send();
    });
    expect((await open()).state).toMatchObject({ status: 'prepared', rev: 1 });
  });

  it('is refused where a takeover came a moment before', async () => {
    const { open, store } = opening();
    store.meetOnce('item.create', async (send) => {
      await store.write(seizeItem(KEY, 3, 'back'));
      return send();
    });
    await expect(open()).rejects.toThrow(SupersededError);
  });
});

describe('changing a component', () => {
  it('tells a rival of the same epoch from a takeover', async () => {
    const { open, deps, store } = opening();
    const work = await open();
    await changeWork(deps, work, { type: 'stepStarted' }, {});
    await expect(changeWork(deps, work, { type: 'stepStarted' }, {})).rejects.toThrow(RivalError);
    await store.write(seizeItem(KEY, 3, 'back'));
    await expect(changeWork(deps, work, { type: 'stepStarted' }, {})).rejects.toThrow(SupersededError);
  });

  it('tells of it once it is settled', async () => {
    const { open, deps, published } = opening();
    await settleWork(deps, await changeWork(deps, await open(), { type: 'stepStarted', actor: 'ada' }, {}));
    expect(published.map(({ type, rev, actor }) => [type, rev, actor])).toEqual([
      ['rollbackPointCreated', 1, 'slipway'],
      ['stepStarted', 2, 'ada'],
    ]);
    await settleWork(deps, undefined);
    expect(present(published.at(-1)).item).toBe('COMPONENT#one');
  });
});
