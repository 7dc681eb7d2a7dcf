import { describe, expect, it } from 'vitest';
import { ownersOf, unwatchAlarm, watchAlarm } from '../../../../shared/rollout/watched-alarms.ts';
import { watchedAlarmKey } from '../../../../shared/run/keys.ts';
import { NOW, runBed } from '../run/run-bed.ts';

const owner = (runId: string, component = 'search') => ({
  runId,
  environment: 'staging',
  component,
  guardrail: 'ours',
  flag: 'new-search',
});

describe('alarms of the team’s own', () => {
  it('are found by their whole name, with every rollout that named them', async () => {
    const { deps, store } = runBed();
    await watchAlarm(deps, 'queue', owner('r1'));
    await watchAlarm(deps, 'queue', owner('r1', 'index'));
    await watchAlarm(deps, 'queue', owner('r2'));
    await watchAlarm(deps, 'queue-2', owner('r3'));
    expect((await ownersOf(store, 'queue')).map(({ runId, component }) => `${runId} ${component}`).sort()).toEqual([
      'r1 index',
      'r1 search',
      'r2 search',
    ]);
    expect(await ownersOf(store, 'que')).toEqual([]);
  });

  it('are noted once, however often', async () => {
    const { deps, store } = runBed();
    for (let again = 0; again < 3; again += 1) await watchAlarm(deps, 'queue', owner('r1'));
    expect(await ownersOf(store, 'queue')).toEqual([owner('r1')]);
  });

  it('are let go of, and what is left may be cleaned up, unless they are noted again', async () => {
    const { deps, store, item } = runBed();
    const key = watchedAlarmKey('queue', 'r1', 'search');
    await watchAlarm(deps, 'queue', owner('r1'));
    await unwatchAlarm(deps, 'queue', owner('r1'));
    expect(await ownersOf(store, 'queue')).toEqual([]);
    expect((await item(key))['expiresAt']).toBe(NOW / 1000);
    await watchAlarm(deps, 'queue', owner('r1'));
    expect(await ownersOf(store, 'queue')).toEqual([owner('r1')]);
    expect((await item(key))['expiresAt']).toBeUndefined();
  });
});
