import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/trip-guardrail/index.ts';
import type { AlarmOwner } from '../../../../shared/ports/alarms.ts';
import { describeAlarmOwner } from '../../../../shared/rollout/alarm-owner.ts';
import { unwatchAlarm, watchAlarm } from '../../../../shared/rollout/watched-alarms.ts';
import { effective, readFlag } from '../../../../shared/run/flag-state.ts';
import { flagKey } from '../../../../shared/run/keys.ts';
import { present, type RunBed, runBed } from '../../shared/run/run-bed.ts';
import { ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 };

interface Bed extends RunBed {
  readonly runId: string;
  readonly owner: AlarmOwner;
  trip(...messages: readonly (string | object)[]): Promise<unknown>;
  flag(): Promise<{ readonly value: unknown; readonly tripped: unknown }>;
  message(over?: object): object;
}

/** A run that has shifted its flag to the new side. */
async function bed(): Promise<Bed> {
  const run = runBed();
  const deps = memoryDeps(run.deps);
  const key = flagKey('staging', 'search');
  await put(deps, 'search', ON_OFF, { environment: 'staging' });
  const { id: runId } = await run.admitted({ flags: ['search'], resources: ['flag:search'] });
  await run.put(key, { document: { ...ON_OFF, defaultVariant: 'on' } });
  const owner = { runId, environment: 'staging', component: 'one', guardrail: 'errors', flag: 'search' };
  return {
    ...run,
    runId,
    owner,
    trip: (...messages) => {
      const texts = messages.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
      return create(deps)({ Records: texts.map((Message) => ({ EventSource: 'aws:sns', Sns: { Message } })) }, context);
    },
    flag: async () => {
      const flag = readFlag(present(await run.store.read(key)));
      return { value: effective(flag)['defaultVariant'], tripped: flag.tripped };
    },
    message: (over = {}) => ({
      AlarmName: 'slipway-guardrail-errors',
      AlarmDescription: describeAlarmOwner(owner),
      NewStateValue: 'ALARM',
      NewStateReason: 'Threshold Crossed',
      ...over,
    }),
  };
}

describe('trip-guardrail', () => {
  it('sends the flag to the old side, then the run back', async () => {
    const { trip, message, flag, run, runId } = await bed();
    expect(await trip(message())).toEqual({
      tripped: [{ alarm: 'slipway-guardrail-errors', failedOver: true, goingBack: true }],
    });
    expect(await flag()).toEqual({
      value: 'off',
      tripped: { at: expect.any(Number), by: 'slipway-guardrail-errors', reason: 'Threshold Crossed', code: 'GUARDRAIL_TRIPPED' },
    });
    expect(await run(runId)).toMatchObject({ status: 'rolling-back', direction: 'back' });
  });

  it('does it once where the alarm is delivered three times', async () => {
    const { trip, message, flag, run, runId, workflow } = await bed();
    await trip(message());
    const { epoch } = await run(runId);
    await trip(message());
    await trip(message(), message());
    expect((await run(runId)).epoch).toBe(epoch);
    expect(new Set(workflow.started.filter((arn) => arn.startsWith('rollback/'))).size).toBe(1);
    expect((await flag()).value).toBe('off');
  });

  it.each<[string, (of: Bed) => string | object]>([
    ['an alarm that is quiet again', ({ message }) => message({ NewStateValue: 'OK' })],
    ['an alarm that lacks data', ({ message }) => message({ NewStateValue: 'INSUFFICIENT_DATA' })],
    ['an alarm of nobody', ({ message }) => message({ AlarmDescription: null })],
    ["another team's alarm", ({ message }) => message({ AlarmDescription: 'CPU of the shop' })],
    ['an alarm whose description is JSON of something else', ({ message }) => message({ AlarmDescription: '{"runId":5}' })],
    ['what is no JSON', () => 'Hello from the console'],
    ['JSON of something else', () => '[1]'],
    ['an empty message', () => ''],
  ])('sets nothing off for %s, and does not ask for it again', async (_, of) => {
    const found = await bed();
    expect(await found.trip(of(found))).toEqual({ tripped: [] });
    expect(await found.flag()).toEqual({ value: 'on', tripped: undefined });
    expect((await found.run(found.runId)).direction).toBe('forward');
  });

  it('is not kept from one alarm by what stands beside it', async () => {
    const { trip, message, flag } = await bed();
    expect(await trip('{', message({ NewStateValue: 'OK' }), message())).toMatchObject({ tripped: [{ failedOver: true }] });
    expect((await flag()).value).toBe('off');
  });

  it('asks for it once more where the store does not answer, after it has tried the others', async () => {
    const { trip, message, flag, store, run, runId } = await bed();
    const stranger = { runId: 'run-2', environment: 'staging', component: 'one', guardrail: 'errors', flag: 'other' };
    store.meet(({ key }, send) => (key.pk === 'FLAG#staging#other' ? Promise.reject(new Error('no answer')) : send()));
    await expect(trip(message({ AlarmDescription: describeAlarmOwner(stranger) }), message())).rejects.toThrow('no answer');
    expect((await flag()).value).toBe('off');
    expect((await run(runId)).status).toBe('rolling-back');
  });

  describe("on an alarm of the team's own", () => {
    const changed = (alarmName: string, value = 'ALARM') => ({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName, state: { value, reason: 'The queue is long.' }, previousState: { value: 'OK' } },
    });
    const watched = async () => {
      const found = await bed();
      await watchAlarm(found.deps, 'team-queue', found.owner);
      return { ...found, event: (of: object) => create(memoryDeps(found.deps))(of, context) };
    };

    it('takes back whoever named it, once', async () => {
      const { event, flag, run, runId } = await watched();
      expect(await event(changed('team-queue'))).toEqual({
        tripped: [{ alarm: 'team-queue', failedOver: true, goingBack: true }],
      });
      expect(await flag()).toMatchObject({ value: 'off', tripped: { by: 'team-queue', reason: 'The queue is long.' } });
      const { epoch } = await run(runId);
      await event(changed('team-queue'));
      expect((await run(runId)).epoch).toBe(epoch);
    });

    it('takes back nobody where nobody named it, it is quiet, or it is nothing to the rollout any more', async () => {
      const { event, flag, deps, owner } = await watched();
      expect(await event(changed('team-cpu'))).toEqual({ tripped: [] });
      expect(await event(changed('team-queue', 'OK'))).toEqual({ tripped: [] });
      await unwatchAlarm(deps, 'team-queue', owner);
      expect(await event(changed('team-queue'))).toEqual({ tripped: [] });
      expect((await flag()).value).toBe('on');
    });
  });

  it('refuses an event that no topic sends', async () => {
    const handler = create(memoryDeps());
    await expect(handler({ Records: [] }, context)).rejects.toMatchObject({ name: 'InvalidInputError' });
  });
});
