import { describe, expect, it } from 'vitest';
import { FIRST, MINUTE, RotatedSecret, SECRET } from './rotated-secret.ts';

const FAILING = { checks: [{ type: 'health', name: 'consumer', url: 'http://127.0.0.1:9/' }] };

/** What was under way when the control plane died, or the run was taken back, has half a minute: it is waited for until it must be dead. */
const UNTIL_DEAD = 120_000;

describe('a plan that rotates a secret', { timeout: 240_000 }, () => {
  it('makes the new credential the current one, asks the consumers, and leaves the old one its time', async () => {
    const bed = await RotatedSecret.start();
    const runId = await bed.plane.startRun(bed.plan({ overlap: '30m' }));
    const run = await bed.plane.ended(runId);
    expect(run).toMatchObject({ status: 'succeeded', checks: [{ scope: 'key', name: 'consumer', outcome: 'pass', sample: 3 }] });
    expect(await bed.current()).not.toBe(FIRST);
    expect(bed.service.keys.map(({ key }) => key)).toEqual([FIRST, await bed.current()]);
    const window = await bed.window();
    expect(window).toMatchObject({ status: 'open', overlap: 30 * MINUTE });
    expect((window?.revokeAt ?? 0) - (window?.since ?? 0)).toBeGreaterThanOrEqual(30 * MINUTE);
    const told = JSON.stringify([run, await bed.plane.call('get-timeline', { runId })]);
    for (const key of [FIRST, await bed.current()]) expect(told).not.toContain(key);
    bed.plane.forward(31 * MINUTE);
    await bed.plane.restart();
    await expect.poll(async () => (await bed.window())?.status, { timeout: 30_000 }).toBe('revoked');
    expect(bed.service.keys).toHaveLength(1);
  });

  it('puts the old credential back where its consumers are not well', async () => {
    const bed = await RotatedSecret.start();
    const run = await bed.plane.ended(await bed.plane.startRun(bed.plan(FAILING)));
    expect(run).toMatchObject({ status: 'rolled-back', components: [{ status: 'undone' }] });
    expect(run.reason).toContain('consumer: fail');
    expect(await bed.current()).toBe(FIRST);
    expect(await bed.window()).toMatchObject({ status: 'open' });
  });

  it('is taken back after its end, as long as the old credential is valid', async () => {
    const bed = await RotatedSecret.start();
    const runId = await bed.plane.startRun(bed.plan());
    expect((await bed.plane.ended(runId)).status).toBe('succeeded');
    await bed.plane.call('rollback-run', { runId, reason: 'a consumer was forgotten' });
    expect((await bed.plane.ended(runId)).status).toBe('rolled-back');
    expect(await bed.current()).toBe(FIRST);
    const [, later] = bed.service.keys;
    bed.plane.forward(11 * MINUTE);
    await bed.plane.restart();
    await expect.poll(() => bed.service.keys, { timeout: 30_000 }).toMatchObject([{ key: FIRST }]);
    expect(later?.key).not.toBe(FIRST);
  });

  it('says that there is no way back once the old credential is revoked, and leaves the new one in use', async () => {
    const bed = await RotatedSecret.start();
    const runId = await bed.plane.startRun(bed.plan());
    expect((await bed.plane.ended(runId)).status).toBe('succeeded');
    bed.plane.forward(11 * MINUTE);
    await bed.plane.restart();
    await expect.poll(async () => (await bed.window())?.status, { timeout: 30_000 }).toBe('revoked');
    const current = await bed.current();
    await bed.plane.call('rollback-run', { runId, reason: 'too late' });
    const run = await bed.plane.until(runId, ({ status }) => status === 'rollback-failed');
    expect(run.components[0]?.failure).toMatchObject({
      code: 'CREDENTIAL',
      message: expect.stringContaining('valid no more; the new one stays'),
    });
    expect([await bed.current(), bed.service.keys.length]).toEqual([current, 1]);
  });

  it('waits for a service that is down, pauses meanwhile, and goes on with the same rotation', async () => {
    const bed = await RotatedSecret.start();
    const up = await bed.down();
    const runId = await bed.plane.startRun(bed.plan({}, [{ name: 'after', kind: 'wait', for: '0s' }]));
    const detail = () => bed.plane.call('get-secret', { secretId: SECRET, environment: 'test' });
    await expect.poll(async () => (await detail()).rotation?.failure?.code, { timeout: 30_000 }).toBe('SERVER_UNAVAILABLE');
    const version = (await detail()).rotation?.version;
    await bed.plane.call('pause-run', { runId });
    await up();
    await bed.plane.until(runId, ({ status }) => status === 'paused');
    await bed.plane.call('resume-run', { runId });
    expect((await bed.plane.ended(runId)).status).toBe('succeeded');
    expect((await bed.window())?.version).toBe(version);
    expect(bed.service.keys).toHaveLength(2);
  });

  it('goes on after a crash while it rotates, and while it waits for the consumers', async () => {
    const bed = await RotatedSecret.start();
    const up = await bed.down();
    const runId = await bed.plane.startRun(bed.plan({ settle: '3s' }));
    await bed.plane.until(runId, ({ components }) => components[0]?.status === 'working');
    await bed.plane.restart();
    await up();
    await expect.poll(async () => (await bed.window())?.status, { timeout: UNTIL_DEAD }).toBe('open');
    const { version, since = 0 } = (await bed.window()) ?? {};
    await bed.plane.restart();
    const run = await bed.plane.ended(runId);
    expect(run.status).toBe('succeeded');
    expect((run.components[0]?.endedAt ?? 0) - since).toBeGreaterThanOrEqual(3000);
    expect([(await bed.window())?.version, bed.service.keys.length]).toEqual([version, 2]);
  });

  it('gives a rotation up that is under way where the run is taken back', async () => {
    const bed = await RotatedSecret.start();
    const up = await bed.down();
    const runId = await bed.plane.startRun(bed.plan());
    await bed.plane.until(runId, ({ components }) => components[0]?.status === 'working');
    await bed.plane.call('rollback-run', { runId, reason: 'not today' });
    expect((await bed.plane.ended(runId)).status).toBe('rolled-back');
    await up();
    expect(await bed.current()).toBe(FIRST);
    const next = await bed.plane.ended(await bed.plane.startRun(bed.plan()));
    expect([next.status, bed.service.keys.length]).toEqual(['succeeded', 2]);
  });

  it('fails where the rotation does not go on by itself, and asks for another one when it is retried', async () => {
    const bed = await RotatedSecret.start();
    await bed.settings({ task: './rotate-key.ts#nothing' });
    const runId = await bed.plane.startRun({ ...bed.plan(), onFailure: 'stop' });
    const failed = await bed.plane.ended(runId);
    expect(failed.status).toBe('failed');
    expect(failed.components[0]?.failure).toMatchObject({
      code: 'ROTATION_STEP',
      message: expect.stringContaining('failed at createSecret'),
    });
    await bed.settings({});
    await bed.plane.call('retry-run', { runId });
    const again = await bed.plane.ended(runId);
    expect([again.status, again.components[0]?.failure]).toEqual(['succeeded', undefined]);
    expect(bed.service.keys).toHaveLength(2);
  });

  it('is one at a time: another run waits for the secret, and is refused while the old credential is valid', async () => {
    const bed = await RotatedSecret.start();
    const up = await bed.down();
    const first = await bed.plane.startRun(bed.plan());
    await bed.plane.until(first, ({ components }) => components[0]?.status !== 'pending');
    const second = await bed.plane.startRun({ ...bed.plan({ retry: { attempts: 0 } }), target: 'test/other' }, { queue: true });
    const waiting = await bed.plane.until(second, ({ waitingFor }) => waitingFor !== undefined);
    expect(waiting.waitingFor).toMatchObject({ resource: `secret:${SECRET}`, holder: first });
    await up();
    expect((await bed.plane.ended(first)).status).toBe('succeeded');
    const refused = await bed.plane.ended(second);
    expect(refused.reason).toContain('valid still until');
    expect(bed.service.keys).toHaveLength(2);
    // What is taken back is its own, and that is nothing.
    expect(refused.status).toBe('rolled-back');
    expect(await bed.current()).not.toBe(FIRST);
  });

  it('tells in a dry run what it would do, whether it would be refused, and writes nothing', async () => {
    const bed = await RotatedSecret.start();
    const dryRun = async () => {
      const answer = await bed.plane.call('start-run', { ...bed.plane.source(bed.plan({ overlap: '30m' })), dryRun: true });
      return answer.dryRun ? answer.report : undefined;
    };
    const would = { component: 'key', secretId: SECRET, system: 'two-keys', overlap: 30 * MINUTE };
    expect(await dryRun()).toMatchObject({ changes: true, rotations: [would], irreversible: [] });
    expect([await bed.current(), bed.service.keys.length]).toEqual([FIRST, 1]);
    await bed.plane.ended(await bed.plane.startRun(bed.plan()));
    expect(await dryRun()).toMatchObject({ rotations: [{ ...would, refused: { code: 'ROTATION_BUSY' } }] });
  });

  it('is refused before it starts where the secret is not known, or its overlap cannot be', async () => {
    const bed = await RotatedSecret.start();
    const problems = async (more: object) => {
      const answer = await bed.plane.call('validate-plan', bed.plane.source(bed.plan(more)));
      return answer.valid ? [] : answer.problems.map(({ code, path }) => `${code} ${path.at(-1)}`);
    };
    expect(await problems({})).toEqual([]);
    expect(await problems({ secretId: 'orders/other' })).toEqual(['UNKNOWN_SECRET secretId']);
    expect(await problems({ secretId: 'a b' })).toEqual(['BAD_FORMAT secretId']);
    expect(await problems({ overlap: '31d' })).toEqual(['OUT_OF_RANGE overlap']);
    expect(await problems({ overlap: '0s' })).toEqual(['OUT_OF_RANGE overlap']);
    expect(await problems({ overlap: '5m', settle: '5m' })).toEqual(['OUT_OF_RANGE settle']);
    await bed.settings({ every: 24 * 60 * MINUTE });
    expect(await problems({ overlap: '1d' })).toEqual(['OUT_OF_RANGE overlap']);
  });
});
