import { describe, expect, it } from 'vitest';
import { emergencyStop, liftHalt } from '../../../../shared/rollout/emergency-stop.ts';
import { pauseRun } from '../../../../shared/run/command-run.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { failover } from '../../../../shared/run/flag-access.ts';
import { haltKey, runKey } from '../../../../shared/run/keys.ts';
import { reconcile } from '../../../../shared/run/reconcile.ts';
import { hasEnded } from '../../../../shared/run/run-state.ts';
import { BEFORE, inFirstStage, rolloutBed } from './rollout-bed.ts';

const said = { actor: 'ada', reason: 'fire' };

describe('the emergency stop', () => {
  it('halts the environment first, then sends every flag back, then every run', async () => {
    const bed = await inFirstStage();
    bed.store.sent.length = 0;
    expect(await emergencyStop(bed.deps, 'staging', said)).toEqual({ flags: ['new-search'], runs: [bed.id], problems: [] });
    const names = bed.store.sent.map(({ name }) => name).filter((name) => name !== 'event.put' && name !== 'halt.tell');
    expect(names.slice(0, 3)).toEqual(['halt.set', 'flag.failover', 'run.command']);
    expect(await bed.served()).toEqual(BEFORE);
    expect(await bed.run()).toMatchObject({ status: 'rolling-back', reason: 'Emergency stop: fire' });
    expect(await bed.goBack()).toBe('failed');
    const ended = await bed.run();
    expect(ended).toMatchObject({ reason: 'Emergency stop: fire', rolledBack: ['search'], notUndone: [] });
    expect(hasEnded(ended)).toBe(true);
    await expect(bed.admitted(bed.request)).resolves.toMatchObject({ status: 'queued' });
  });

  it('needs the table alone: where no rollback can be started it is started later', async () => {
    const bed = await inFirstStage();
    const dead = async () => {
      throw new Error('Step Functions is down');
    };
    const workflow = { start: dead, stop: dead, describe: dead, succeed: dead, fail: dead, arnOf: bed.workflow.arnOf };
    const stopped = await emergencyStop({ ...bed.deps, workflow }, 'staging', said);
    expect(stopped).toEqual({ flags: ['new-search'], runs: [], problems: [`run ${bed.id}: Step Functions is down`] });
    expect(await bed.served()).toEqual(BEFORE);
    expect(await bed.run()).toMatchObject({ status: 'rolling-back', epoch: 2 });
    await bed.clock.advanceTo(bed.clock.now() + 60_000);
    expect((await reconcile(bed.deps)).started).toEqual([bed.id]);
  });

  it('takes a run back that rests with its locks, and one that waits', async () => {
    const bed = await inFirstStage();
    await pauseRun(bed.deps, bed.id, 'ada');
    await finishRun(bed.deps, { runId: bed.id, epoch: 1 }, { outcome: 'paused' });
    const resting = await bed.admitted({ resources: ['table:cities'] });
    await pauseRun(bed.deps, resting.id, 'ada');
    await finishRun(bed.deps, { runId: resting.id, epoch: 1 }, { outcome: 'paused' });
    const waiting = await bed.start({ resources: ['table:cities'] });
    const { runs } = await emergencyStop(bed.deps, 'staging', said);
    expect([...runs].sort()).toEqual([bed.id, resting.id, waiting.id].sort());
  });

  it('leaves other environments, and runs that have ended, alone', async () => {
    const bed = await inFirstStage();
    const elsewhere = await bed.admitted({ environment: 'production', resources: ['x'] });
    await bed.finish();
    expect(await emergencyStop(bed.deps, 'staging', said)).toEqual({ flags: [], runs: [], problems: [] });
    expect(await bed.run()).toMatchObject({ status: 'succeeded' });
    expect(await bed.bedRun(elsewhere.id)).toMatchObject({ status: 'running' });
  });

  it('is kept from nothing by what it cannot do', async () => {
    const bed = await inFirstStage();
    const broken = await bed.start({ resources: ['y'] });
    await bed.put(runKey(broken.id), { schemaVersion: 99 });
    const { flags, runs, problems } = await emergencyStop(bed.deps, 'staging', said);
    expect({ flags, runs }).toEqual({ flags: ['new-search'], runs: [bed.id] });
    expect(problems).toEqual([expect.stringContaining(broken.id)]);
  });

  it('is why a run goes back that sees its flag on the old side before it hears of the stop', async () => {
    const bed = await inFirstStage();
    const trip = { at: bed.clock.now(), by: 'ada', reason: 'fire', code: 'EMERGENCY_STOP' } as const;
    await failover(bed.deps, bed.id, { environment: 'staging' }, 'new-search', trip);
    expect(await bed.judge()).toEqual({ outcome: 'failed', code: 'EMERGENCY_STOP', message: 'Emergency stop: fire' });
    await finishRun(bed.deps, { runId: bed.id, epoch: 1 }, { outcome: 'failed' });
    expect(await bed.goBack()).toBe('failed');
    expect(await bed.run()).toMatchObject({ turnedBy: 'EMERGENCY_STOP', rolledBack: ['search'] });
  });

  it('joins a rollback that a guardrail began', async () => {
    const bed = await inFirstStage();
    await bed.trip();
    const { epoch } = await bed.run();
    expect((await emergencyStop(bed.deps, 'staging', said)).runs).toEqual([bed.id]);
    expect((await bed.run()).epoch).toBe(epoch);
    expect(await bed.goBack()).toBe('failed');
  });

  it('twice is as once, and can be lifted', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    await emergencyStop(bed.deps, 'staging', said);
    const { epoch } = await bed.run();
    await emergencyStop(bed.deps, 'staging', said);
    expect((await bed.run()).epoch).toBe(epoch);
    expect(await bed.item(haltKey('staging'))).toMatchObject({ active: true, actor: 'ada', reason: 'fire' });
    await liftHalt(bed.deps, 'staging', { actor: 'ada', reason: 'out' });
    expect(await bed.item(haltKey('staging'))).toMatchObject({ active: false, reason: 'out' });
  });
});
