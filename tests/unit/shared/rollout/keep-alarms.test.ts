import { describe, expect, it } from 'vitest';
import { alarmsOf } from '../../../../shared/rollout/guardrail-alarms.ts';
import { keepAlarms, removeClosedAlarms } from '../../../../shared/rollout/keep-alarms.ts';
import { ownersOf } from '../../../../shared/rollout/watched-alarms.ts';
import { pauseRun } from '../../../../shared/run/command-run.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { inFirstStage, rollout, rolloutBed } from './rollout-bed.ts';

const HOUR = 3_600_000;
type Bed = Awaited<ReturnType<typeof rolloutBed>>;
const nameOf = (bed: Bed) => `slipway-guardrail-staging-${bed.id}-search-errors`;
const there = async (bed: Bed) => (await bed.alarms.read([nameOf(bed)]))[0] !== undefined;
const later = (bed: Bed, ms: number) => bed.clock.advanceTo(bed.clock.now() + ms);

describe('the alarms of a rollout', () => {
  it('are there before the first stage, and as long as the run is under way', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    expect(await there(bed)).toBe(true);
    await later(bed, 100 * HOUR);
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
  });

  it('go when the window after a good end closes', async () => {
    const bed = await inFirstStage({ rollbackWindow: '1h' });
    await bed.finish();
    await later(bed, HOUR);
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
    await later(bed, 1);
    expect(await removeClosedAlarms(bed.deps)).toEqual([nameOf(bed)]);
    expect(await there(bed)).toBe(false);
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
  });

  it('go once the run is back', async () => {
    const bed = await inFirstStage();
    await bed.trip();
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
    await bed.goBack();
    expect(await removeClosedAlarms(bed.deps)).toEqual([nameOf(bed)]);
  });

  it('stay with a run that is paused in a stage, however long: nothing else looks at its traffic', async () => {
    const bed = await inFirstStage({ rollbackWindow: '1h' });
    await pauseRun(bed.deps, bed.id, 'ada');
    await finishRun(bed.deps, { runId: bed.id, epoch: 1 }, { outcome: 'paused' });
    await later(bed, 100 * HOUR);
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
  });

  it('go from a run that rests with its flag tripped, when its window closes', async () => {
    const bed = await inFirstStage({ rollbackWindow: '1h' });
    await bed.trip();
    await bed.put({ pk: `RUN#${bed.id}`, sk: 'RUN' }, { status: 'rollback-failed', endedAt: bed.clock.now() });
    await later(bed, HOUR);
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
    await later(bed, 1);
    expect(await removeClosedAlarms(bed.deps)).toEqual([nameOf(bed)]);
  });

  it('go where their run is gone', async () => {
    const bed = await rolloutBed();
    const of = { runId: 'gone', environment: 'staging', component: 'search' };
    await keepAlarms(bed.deps, { ...of, flag: 'new-search' }, alarmsOf(rollout(), of), HOUR);
    expect(await removeClosedAlarms(bed.deps)).toEqual(['slipway-guardrail-staging-gone-search-errors']);
  });

  it('are removed where one of them was created late, by an invocation that slept', async () => {
    const bed = await inFirstStage();
    await bed.trip();
    await bed.goBack();
    const alarms = {
      read: bed.alarms.read.bind(bed.alarms),
      remove: bed.alarms.remove.bind(bed.alarms),
      put: async (alarm: Parameters<typeof bed.alarms.put>[0]) => {
        await removeClosedAlarms(bed.deps);
        await bed.alarms.put(alarm);
      },
    };
    const of = { runId: bed.id, environment: 'staging', component: 'search' };
    await keepAlarms({ ...bed.deps, alarms }, { ...of, flag: 'new-search' }, alarmsOf(bed.component, of), HOUR);
    expect(await there(bed)).toBe(true);
    expect(await removeClosedAlarms(bed.deps)).toEqual([nameOf(bed)]);
  });

  it('that cannot be removed keep nobody else’s', async () => {
    const bed = await rolloutBed();
    for (const runId of ['one', 'two']) {
      const of = { runId, environment: 'staging', component: 'search' };
      await keepAlarms(bed.deps, { ...of, flag: 'new-search' }, alarmsOf(rollout(), of), HOUR);
    }
    const removed: string[] = [];
    const alarms = {
      put: bed.alarms.put,
      read: bed.alarms.read,
      remove: async (names: readonly string[]) => {
        if (names.join('').includes('one')) throw new Error('throttled');
        removed.push(...names);
      },
    };
    await expect(removeClosedAlarms({ ...bed.deps, alarms })).rejects.toThrow('throttled');
    expect(removed).toEqual(['slipway-guardrail-staging-two-search-errors']);
  });

  it('are none where a rollout names only alarms of the team’s own: those are noted, until the window closes', async () => {
    const bed = await rolloutBed({ guardrails: [] });
    const owner = { runId: bed.id, environment: 'staging', component: 'search', flag: 'new-search' };
    await keepAlarms(bed.deps, owner, [], HOUR, [{ alarm: 'team', guardrail: 'ours' }]);
    expect(await ownersOf(bed.store, 'team')).toEqual([{ ...owner, guardrail: 'ours' }]);
    expect(await bed.alarms.read(['team'])).toEqual([undefined]);
    await bed.put({ pk: `RUN#${bed.id}`, sk: 'RUN' }, { status: 'succeeded', endedAt: bed.clock.now() });
    await bed.put({ pk: 'FLAG#staging#new-search', sk: 'FLAG' }, { owner: 'another' });
    expect(await removeClosedAlarms(bed.deps)).toEqual([]);
    expect(await ownersOf(bed.store, 'team')).toHaveLength(1);
    await later(bed, HOUR + 1);
    await removeClosedAlarms(bed.deps);
    expect(await ownersOf(bed.store, 'team')).toEqual([]);
    expect((await bed.store.listIndex('open', 'alarms')).items).toEqual([]);
  });
});
