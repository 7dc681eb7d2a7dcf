import type { PlanInput } from '../../../shared/plan/plan.ts';
import type { Plane } from '../../scenarios/plane.ts';

export const FAILING: PlanInput = {
  slipway: 1,
  name: 'failing',
  target: 'test/failing',
  onFailure: 'stop',
  phases: [
    {
      name: 'only',
      components: [
        {
          name: 'one',
          kind: 'task',
          run: './tasks.ts#step',
          items: ['a'],
          input: { failAt: 'a' } as never,
          retry: { attempts: 0 },
        },
      ],
    },
  ],
};

/** The first alert, once there is one. */
export async function raised(plane: Pick<Plane, 'call'>) {
  for (;;) {
    const [alert] = (await plane.call('list-alerts', { environment: 'test' })).alerts;
    if (alert?.toldAt !== undefined) return alert;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What people ask who are told of things. */
export const TOLD: { readonly [name: string]: (plane: Plane) => Promise<void> } = {
  'an alert that is told and acknowledged': async (plane) => {
    await plane.put('broken');
    const { settings, rev } = await plane.call('get-alert-settings', { environment: 'test' });
    await plane.call('put-alert-settings', { environment: 'test', settings, ifRev: rev });
    await plane.call('get-alert-settings-history', { environment: 'test' });
    await plane.ended(await plane.startRun(FAILING));
    const { id } = await raised(plane);
    await plane.call('get-alert', { alertId: id });
    await plane.call('acknowledge-alert', { alertId: id, note: 'seen' });
  },
  'webhooks, of which one cannot be reached': async (plane) => {
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
    await plane.ended(await plane.startRun({ ...FAILING, name: 'told', target: 'test/told' }));
    const failed = async () =>
      (await plane.call('list-deliveries', { ...which, status: 'pending' })).deliveries.find((one) => one.attempts > 0);
    let found = await failed();
    for (; found === undefined; found = await failed()) await new Promise((resolve) => setTimeout(resolve, 50));
    await plane.call('replay-delivery', { ...which, messageId: found.id });
    await plane.call('remove-webhook', which);
  },
};
