import type { Bed } from '../../scenarios/bed.ts';
import { embeddedBed } from '../../scenarios/embedded-bed.ts';
import type { RecordedPlane, Recordings } from './recorded-plane.ts';
import { plan, task } from './recorded-plans.ts';

const failing = (code: Bed['code'], name = 'failing') =>
  plan(name, [task(code, { items: ['a'], input: { failAt: 'a' } as never })]);

export const FAILING = failing(embeddedBed.code);

/** The newest alert, of a run or of anything, once there is one and people have been told. */
export async function raised(plane: Pick<RecordedPlane, 'call'>, runId?: string) {
  for (;;) {
    const { alerts } = await plane.call('list-alerts', { environment: 'test' });
    const alert = alerts.find(({ subject }) => runId === undefined || subject === `run/${runId}`);
    if (alert?.toldAt !== undefined) return alert;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What people ask who are told of things. */
export const TOLD: Recordings = {
  'an alert that is told and acknowledged': async (plane, code) => {
    await plane.put('broken');
    const { settings, rev } = await plane.call('get-alert-settings', { environment: 'test' });
    await plane.call('put-alert-settings', { environment: 'test', settings, ifRev: rev });
    await plane.call('get-alert-settings-history', { environment: 'test' });
    const runId = await plane.startRun(failing(code));
    await plane.ended(runId);
    const { id } = await raised(plane, runId);
    await plane.call('get-alert', { alertId: id });
    await plane.call('acknowledge-alert', { alertId: id, note: 'seen' });
  },
  'webhooks, of which one cannot be reached': async (plane, code) => {
    const environment = 'test';
    // No such name is ever resolved (RFC 6761): what is sent fails, and waits.
    const added = { environment, subscriber: 'tests', url: 'https://nowhere.invalid/in' };
    const { id: webhookId } = await plane.call('add-webhook', added);
    const which = { webhookId, environment };
    // The second is counted among those that there are, once the index knows the first.
    for (const _ of ['first', 'again'])
      await plane.send('add-webhook', { ...added, events: ['run.stopped'] }, plane.token, 'one-webhook');
    await plane.call('get-webhook', which);
    await plane.call('list-webhooks', { environment });
    await plane.call('test-webhook', which);
    await plane.call('rotate-webhook', which);
    await plane.put('broken');
    await plane.ended(await plane.startRun(failing(code, 'told')));
    const failed = async () =>
      (await plane.call('list-deliveries', { ...which, status: 'pending' })).deliveries.find((one) => one.attempts > 0);
    let found = await failed();
    for (; found === undefined; found = await failed()) await new Promise((resolve) => setTimeout(resolve, 50));
    await plane.call('replay-delivery', { ...which, messageId: found.id });
    await plane.call('remove-webhook', which);
  },
};
