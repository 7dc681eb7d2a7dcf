import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
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

  it('by a key in its body answers its run again, and not to whoever starts another plan', async () => {
    const plane = await Plane.start();
    const plan = (name: string): PlanInput => ({
      slipway: 1,
      name,
      target: 'test/once',
      phases: [{ name: 'only', components: [{ name: 'pause', kind: 'wait', for: '1ms' }] }],
    });
    const start = (name: string) => plane.call('start-run', { ...plane.source(plan(name)), idempotencyKey: 'deploy-7' });
    const first = await start('one');
    expect(await start('one')).toMatchObject({ created: false, run: { id: first.dryRun ? '' : first.run.id } });
    const other = { ...plane.source(plan('two')), idempotencyKey: 'deploy-7' };
    expect(await plane.refused('start-run', other)).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    await plane.ended(first.dryRun ? '' : first.run.id);
    const keep = (kept: PlanInput) => plane.call('put-plan', { name: 'one', ...plane.source(kept) });
    expect(await keep(plan('one'))).toMatchObject({ plan: { version: 1 } });
    const latest = { plan: 'one@latest', environment: 'test', idempotencyKey: 'nightly' };
    const night = await plane.call('start-run', latest);
    expect(await keep({ ...plan('one'), description: 'As it is since.' })).toMatchObject({ plan: { version: 2 } });
    expect(await plane.call('start-run', latest)).toMatchObject({ created: false });
    await plane.ended(night.dryRun ? '' : night.run.id);
  });
});
