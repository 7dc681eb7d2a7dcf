import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create } from '../../../../functions/get-health/index.ts';
import { SecretsUnavailableError } from '../../../../shared/errors/secret-errors.ts';
import { haltKey, queueKey } from '../../../../shared/run/keys.ts';
import { DEFAULT_RULE } from '../../../../shared/secrets/make-value.ts';
import { changeRotation } from '../../../../shared/secrets/rotation/change-rotation.ts';
import { putSettings } from '../../../../shared/secrets/rotation/change-settings.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const PLACE = { epoch: 1, environment: 'test', actor: 'ada', priority: 0, semaphores: [] };
const workflow = { arnOf: (machine: string, name: string) => `${machine}/${name}`, describe: async () => undefined };
const scheduler = { has: async () => false };
const broken = async () => {
  throw new Error('It is on fire.');
};

describe('get-health', () => {
  it('is ok where every part answers', async () => {
    const { status, body } = await ask(create, memoryDeps({ workflow, scheduler }));
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      environment: 'test',
      checks: {
        store: { status: 'ok', vital: true },
        workflow: { status: 'ok', vital: true },
        scheduler: { status: 'ok', vital: false },
      },
      queue: { underWay: 0, waiting: 0 },
      halted: false,
    });
  });

  it('is degraded, and answers 200, without what runs can do without', async () => {
    const { status, body } = await ask(create, memoryDeps({ workflow, scheduler: { has: broken } }));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { scheduler: { status: 'failing', problem: 'It is on fire.' }, store: { status: 'ok' } },
    });
  });

  it.each([
    ['store', { store: { readMany: broken } }],
    ['workflow', { workflow: { ...workflow, describe: broken } }],
  ])('is down, and answers 503, without its %s', async (part, over) => {
    const { status, body } = await ask(create, memoryDeps({ workflow, scheduler, ...over } as never));
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'down', checks: { [part]: { status: 'failing', problem: 'It is on fire.' } } });
    expect('queue' in body).toBe(part !== 'store');
  });

  it('does not wait for a part that never answers', async () => {
    const clock = new VirtualClock(0);
    const never = { has: () => new Promise<boolean>(() => undefined) };
    const answer = ask(create, memoryDeps({ clock, workflow, scheduler: never }));
    await clock.advanceTo(3000);
    expect((await answer).body).toMatchObject({
      status: 'degraded',
      checks: { scheduler: { problem: 'It gave no answer within 3 s.' } },
    });
  });

  it('tells of secrets where some are rotated: whether they can be asked, and what should be revoked by now', async () => {
    const clock = new VirtualClock(1_000_000);
    const store = new MemoryStore();
    const deps = memoryDeps({ clock, store, workflow, scheduler, secrets: { describe: async () => undefined } });
    expect((await ask(create, deps)).body.checks).not.toHaveProperty('rotation');
    const rule = { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes] };
    const change = { secretId: 'db', environment: 'test', actor: 'ada', reason: '' };
    await putSettings(deps, change, () => ({ system: 'redis', overlap: 1000, rule, enabled: true }));
    expect((await ask(create, deps)).body).toMatchObject({ status: 'ok', checks: { rotation: { status: 'ok', vital: false } } });
    const window = { token: 'b', old: 'a', status: 'open', since: 1_000_000, revokeAt: 1_001_000 } as const;
    await changeRotation(deps, 'db', () => ({ window, event: { type: 'rotationFinished' } }));
    expect((await ask(create, deps)).body.status).toBe('ok');
    await clock.advanceTo(4_000_000);
    expect((await ask(create, deps)).body).toMatchObject({
      status: 'degraded',
      checks: { rotation: { problem: 'Old credentials should be revoked by now, and are not: db.' } },
    });
    const locked = { describe: () => Promise.reject(new SecretsUnavailableError('The vault is locked.')) };
    expect((await ask(create, memoryDeps({ clock, store, workflow, scheduler, secrets: locked }))).body).toMatchObject({
      status: 'degraded',
      checks: { rotation: { status: 'failing', problem: 'The vault is locked.' } },
    });
  });

  it('tells how many runs wait, since when, and of an emergency stop', async () => {
    const store = new MemoryStore();
    const places = { 'run:a': { ...PLACE, at: 5, heldSince: 6 }, 'run:b': { ...PLACE, at: 9 }, 'run:c': { ...PLACE, at: 7 } };
    await store.write({ name: 'queue', key: queueKey, set: { ...places, rev: 3 }, when: [] });
    await store.write({ name: 'halt', key: haltKey('test'), set: { active: true }, when: [] });
    const { body } = await ask(create, memoryDeps({ store, workflow, scheduler }));
    expect(body).toMatchObject({ status: 'ok', halted: true, queue: { underWay: 1, waiting: 2, oldestSince: 7 } });
  });
});
