import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
  type UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { describe, expect, it } from 'vitest';
import { timerLeft } from '../../infra/iam/timer-left.ts';
import type { Bed } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

/** The peer looks every ten seconds for what is due, and the run then takes its time. */
const PATIENCE = 120_000;
/** Enough for the request that makes it, and the one that puts it into the peer's dialect. */
const SOON = 20_000;
const WHEN = '<aws.scheduler.scheduled-time>';

/**
 * AWS replaces the context attribute in what it sends; the peer sends it as it stands, and then `fire-schedule` refuses it. So the timer is
 * given the time beforehand; all else stays as the API made it.
 */
async function timeItself({ clients: { scheduler } }: PeerPlane, Name: string, at: Date): Promise<UpdateScheduleCommandInput> {
  const { $metadata: _, ...made } = await scheduler.send(new GetScheduleCommand({ GroupName: 'slipway-test', Name }));
  const Input = String(made.Target?.Input).replace(WHEN, at.toISOString());
  const input = { ...made, Target: { ...made.Target, Input } } as UpdateScheduleCommandInput;
  await scheduler.send(new UpdateScheduleCommand(input));
  return made as UpdateScheduleCommandInput;
}

/** Timers that Scheduler keeps for schedules of the API. */
export function scheduleScenarios(bed: Bed, deployed: () => PeerPlane): void {
  describe('a schedule', () => {
    it(
      'is a timer of Scheduler; when it is due its run is started, and afterwards both are gone',
      async () => {
        const plane = await bed.start();
        const name = 'soon';
        const phases = [
          { name: 'only', components: [{ name: 'one', kind: 'task' as const, run: bed.code('step'), items: ['a'] }] },
        ];
        const plan = { slipway: 1 as const, name: 'scheduled', target: bed.target('scheduled'), phases };
        const at = new Date(Math.ceil((Date.now() + SOON) / 1000) * 1000);
        const expression = `at(${at.toISOString().slice(0, 19)})`;
        await plane.call('put-schedule', { name, environment: 'test', ...plane.source(plan), expression, reason: 'soon' });
        const timer = await timeItself(deployed(), `test.${name}`, at);
        expect(timer).toMatchObject({ ScheduleExpression: expression, State: 'ENABLED', ActionAfterCompletion: 'DELETE' });
        expect(JSON.parse(timer.Target?.Input ?? '')).toEqual({ environment: 'test', name, at: WHEN });

        const runId = await started(plane, name);
        expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded', actor: `schedule ${name}` });
        expect(await plane.call('get-schedule', { name, environment: 'test' })).toMatchObject({
          status: 'over',
          last: { at: at.getTime(), runId },
        });
        const gone = deployed().clients.scheduler.send(
          new GetScheduleCommand({ GroupName: 'slipway-test', Name: `test.${name}` }),
        );
        await expect(gone).rejects.toThrow(/does not exist/);
      },
      PATIENCE,
    );

    it('has its timer made by reconcile where whoever put it died before', async () => {
      const plane = await bed.start();
      const which = { name: 'left', environment: 'test' };
      const phases = [{ name: 'only', components: [{ name: 'rest', kind: 'wait' as const, for: '1s' }] }];
      const plan = { slipway: 1 as const, name: 'left', target: bed.target('left'), phases };
      await plane.call('put-schedule', { ...which, ...plane.source(plan), expression: 'rate(1 day)' });
      const { scheduler } = deployed().clients;
      const timer = { GroupName: 'slipway-test', Name: 'test.left' };
      await scheduler.send(new DeleteScheduleCommand(timer));
      await timerLeft(deployed(), which.environment, which.name);
      expect(await scheduler.send(new GetScheduleCommand(timer))).toMatchObject({ ScheduleExpression: 'rate(1 day)' });
      await plane.call('delete-schedule', which);
    });
  });
}

async function started(plane: Awaited<ReturnType<Bed['start']>>, name: string): Promise<string> {
  for (;;) {
    const { last } = await plane.call('get-schedule', { name, environment: 'test' });
    if (last !== undefined && 'runId' in last) return String(last.runId);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
