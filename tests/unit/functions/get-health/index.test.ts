import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create } from '../../../../functions/get-health/index.ts';
import { haltKey, queueKey } from '../../../../shared/run/keys.ts';
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

  it('tells how many runs wait, since when, and of an emergency stop', async () => {
    const store = new MemoryStore();
    const places = { 'run:a': { ...PLACE, at: 5, heldSince: 6 }, 'run:b': { ...PLACE, at: 9 }, 'run:c': { ...PLACE, at: 7 } };
    await store.write({ name: 'queue', key: queueKey, set: { ...places, rev: 3 }, when: [] });
    await store.write({ name: 'halt', key: haltKey('test'), set: { active: true }, when: [] });
    const { body } = await ask(create, memoryDeps({ store, workflow, scheduler }));
    expect(body).toMatchObject({ status: 'ok', halted: true, queue: { underWay: 1, waiting: 2, oldestSince: 7 } });
  });
});
