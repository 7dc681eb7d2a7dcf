import { describe, expect, it } from 'vitest';
import { Plane } from './plane.ts';

describe('a start that is sent twice', () => {
  it('starts one run, also where both are sent at once', async () => {
    const plane = await Plane.start();
    const plan = (name: string) =>
      plane.source({
        slipway: 1,
        name,
        target: 'test/once',
        phases: [{ name: 'only', components: [{ name: 'pause', kind: 'wait', for: '1ms' }] }],
      });
    const start = (name: string) => plane.send('start-run', plan(name), plane.token, 'once');
    const sent = await Promise.all([start('one'), start('one'), start('one')]);
    for (const { status, body } of sent) {
      if (status !== 200) expect(body).toMatchObject({ status: 409, code: 'IDEMPOTENCY_UNDER_WAY' });
    }
    const again = await start('one');
    const { runs } = await plane.call('list-runs', {});
    expect(runs.map(({ id }) => id)).toEqual([(again.body as { run: { id: string } }).run.id]);
    expect(await start('two')).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    await plane.ended(runs[0]?.id ?? '');
  });
});
