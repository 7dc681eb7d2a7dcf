import { describe, expect, it } from 'vitest';
import { reachOf } from '../../../../shared/rollout/clear-stage.ts';
import { lowerStage, promoteStage } from '../../../../shared/rollout/command-rollout.ts';
import { failover } from '../../../../shared/run/flag-access.ts';
import { BAD, GOOD, inFirstStage, rollout, rolloutBed } from './rollout-bed.ts';

const prepared = async (more: object = {}) => {
  const bed = await rolloutBed(more);
  await bed.prepare();
  return bed;
};
const held = async (bed: Awaited<ReturnType<typeof prepared>>) => (await bed.progress()).held.join(' ');

describe('the way to the next stage', () => {
  it('is clear where nothing is in the way', async () => {
    expect(await (await prepared()).clear()).toEqual({ outcome: 'clear' });
  });

  it('is frozen by the calendar, and looked at again before it thaws, so that a pause is heard', async () => {
    const bed = await prepared({ freeze: [{ days: ['fri'], from: '15:00', zone: 'Europe/Berlin' }] });
    const friday = Date.parse('2026-11-20T14:30:00Z');
    await bed.clock.advanceTo(friday);
    expect(await bed.clear()).toEqual({ outcome: 'wait', until: friday + 300_000 });
    expect(await held(bed)).toContain('2026-11-20T23:00:00.000Z');
    await bed.clock.advanceTo(Date.parse('2026-11-20T22:58:00Z'));
    expect(await bed.clear()).toEqual({ outcome: 'wait', until: Date.parse('2026-11-20T23:00:00Z') });
    await bed.clock.advanceTo(Date.parse('2026-11-20T23:00:00Z'));
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
    expect(await held(bed)).toBe('');
  });

  it('is barred by an alarm that fires already', async () => {
    const bed = await prepared();
    await bed.serve(3, BAD, GOOD);
    expect(await bed.clear()).toEqual({ outcome: 'wait', until: bed.clock.now() + 30_000 });
    expect(await held(bed)).toContain('errors fires already');
  });

  it('is not barred by one that only tells', async () => {
    const guardrail = { type: 'rate', name: 'errors', events: 'Errors', of: 'Requests', limit: 5, period: '10s', window: '30s' };
    const bed = await prepared({ guardrails: [{ ...guardrail, action: 'alert' }] });
    await bed.serve(3, BAD, GOOD);
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
  });

  it('is barred where the team’s own alarm does not exist', async () => {
    const bed = await prepared({ guardrails: [{ type: 'alarm', name: 'ours', alarm: 'team-alarm' }] });
    expect(await bed.clear()).toMatchObject({ outcome: 'wait' });
    expect(await held(bed)).toBe('There is no alarm team-alarm.');
    bed.alarms.own('team-alarm', () => ({ state: 'OK', reason: 'quiet', value: null, sample: 0, refused: [] }));
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
  });

  it('waits for the rollouts that it requires', async () => {
    const bed = await prepared({ requires: [{ component: 'index', percent: 50 }] });
    const at = (percent: number, failed = false) => new Map([['index', { percent, failed }]]);
    expect(await bed.clear(at(10))).toMatchObject({ outcome: 'wait' });
    expect(await held(bed)).toBe('index must be at 50 % first, and is at 10 %.');
    expect(await bed.clear(at(50))).toEqual({ outcome: 'clear' });
  });

  it('ends where one that it requires has failed, instead of waiting for ever', async () => {
    const bed = await prepared({ requires: [{ component: 'index' }] });
    expect(await bed.clear(new Map([['index', { percent: 50, failed: true }]]))).toEqual({
      outcome: 'failed',
      code: 'REQUIREMENT_FAILED',
      message: 'It requires index, which failed.',
    });
  });

  it('ends where a guardrail of the run has tripped, also in a freeze', async () => {
    const bed = await prepared({ freeze: [{}] });
    await failover(bed.deps, bed.id, { environment: 'staging' }, 'new-search', { at: 1, by: 'judge', reason: 'slow' });
    expect(await bed.clear()).toMatchObject({ outcome: 'failed', code: 'GUARDRAIL_TRIPPED' });
  });

  it('is clear for a stage under way, and for one that a person has lowered it to', async () => {
    const bed = await inFirstStage({ freeze: [{ days: ['sat', 'sun'] }] });
    await promoteStage(bed.deps, await bed.run(), bed.component, { actor: 'ada', reason: 'good' });
    await bed.judge();
    await bed.shift();
    const saturday = Date.parse('2026-11-21T12:00:00Z');
    await bed.clock.advanceTo(saturday);
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
    bed.store.meetOnce('flag.command', async () => {
      throw new Error('died');
    });
    const lowering = lowerStage(bed.deps, await bed.run(), bed.component, 0, { actor: 'ada', reason: 'slow' }, bed.documentAt);
    await expect(lowering).rejects.toThrow('died');
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
  });

  it('writes what it waits for once', async () => {
    const bed = await prepared({ requires: [{ component: 'index', percent: 50 }] });
    await bed.clear();
    const { rev } = await bed.work();
    await bed.clear();
    expect((await bed.work()).rev).toBe(rev);
  });
});

describe('how far rollouts have come', () => {
  it('is the last stage that was judged good, and whether they failed', async () => {
    const bed = await inFirstStage();
    const reach = async () => (await reachOf(bed.context(), [rollout(), { ...rollout(), name: 'index' }])).get('search');
    expect(await reach()).toEqual({ percent: 0, failed: false });
    await bed.put({ pk: `RUN#${bed.id}`, sk: 'COMPONENT#search' }, { progress: { promoted: 2 }, status: 'failed' });
    expect(await reach()).toEqual({ percent: 50, failed: true });
  });

  it('is nothing where one has not begun', async () => {
    const bed = await rolloutBed();
    expect(await reachOf(bed.context(), [rollout()])).toEqual(new Map([['search', { percent: 0, failed: false }]]));
  });
});
