import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { type Answer, answerOnce, type KeyedCall } from '../../shared/idempotency/answer-record.ts';
import type { Store } from '../../shared/ports/store.ts';
import type { StoreUnderTest } from './store-contract.ts';

const BEGAN = 1_000_000;
const DEADLINE = BEGAN + 15_000;
const DEAD = DEADLINE + 2001;

let beds = 0;
let attempts = 0;

/** One key on one clock, and the effects of the calls that were sent with it. */
class Bed {
  readonly clock = new VirtualClock(BEGAN);
  readonly effects: string[] = [];
  readonly key: string;
  readonly #store: Store;

  constructor(store: Store) {
    beds += 1;
    this.key = `${process.pid}-${Date.now().toString(36)}-${beds}`;
    this.#store = store;
  }

  deps(store: Store = this.#store) {
    attempts += 1;
    const events = { publish: async () => undefined };
    return { store, clock: this.clock, ids: seededIds(attempts, this.clock), events };
  }

  /** Sends the call; `by` names the attempt in its effect and its answer. */
  send(by: string, over: Partial<KeyedCall> = {}, store?: Store, perform?: () => Promise<Answer>) {
    const call = { actor: 'ada', key: this.key, payload: 'start', deadline: this.clock.now() + 15_000, ...over };
    const effect = async () => {
      this.effects.push(by);
      return { statusCode: 200, body: by };
    };
    return answerOnce(this.deps(store), call, perform ?? effect);
  }

  /** The store as one attempt sees it: before or after its n-th write it hangs, until it is woken. */
  hanging(at: number, place: 'before' | 'after') {
    const wake = Promise.withResolvers<void>();
    const hangs = Promise.withResolvers<void>();
    let writes = 0;
    const hang = () => {
      hangs.resolve();
      return wake.promise;
    };
    const store: Store = {
      read: (key) => this.#store.read(key),
      readMany: (keys) => this.#store.readMany(keys),
      list: (...listed) => this.#store.list(...listed),
      listIndex: (...listed) => this.#store.listIndex(...listed),
      remove: (removal) => this.#store.remove(removal),
      write: async (write) => {
        writes += 1;
        const here = writes === at;
        if (here && place === 'before') await hang();
        const result = await this.#store.write(write);
        if (here && place === 'after') await hang();
        return result;
      },
    };
    return { store, wake: wake.resolve, hangs: hangs.promise };
  }
}

/** What keys of calls need of a store, on each store. */
export const idempotencyContract = (name: string, open: () => Promise<StoreUnderTest>): void => {
  describe(`idempotency contract: ${name}`, () => {
    let opened: StoreUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const bed = () => new Bed(opened.store);

    answers(bed);
    deaths(bed);
  });
};

function answers(bed: () => Bed): void {
  it('gives the same answer again, and does nothing twice', async () => {
    const { send, effects } = bound(bed());
    expect(await send('first')).toEqual({ answer: { statusCode: 200, body: 'first' }, replayed: false });
    expect(await send('second')).toEqual({ answer: { statusCode: 200, body: 'first' }, replayed: true });
    expect(effects).toEqual(['first']);
  });

  it('refuses another call with the same key, and knows the keys of others from it', async () => {
    const { send, effects } = bound(bed());
    await send('first');
    await expect(send('second', { payload: 'stop' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await send('of bob', { actor: 'bob', payload: 'stop' })).replayed).toBe(false);
    expect(effects).toEqual(['first', 'of bob']);
  });

  it('takes a key of a caller for no key of another whose name runs into it', async () => {
    const { send, key } = bound(bed());
    await send('first', { actor: 'a', key: `b#${key}` });
    expect((await send('second', { actor: 'a#b', key })).replayed).toBe(false);
  });

  it('lets one of many at once through', async () => {
    const { send, effects } = bound(bed());
    const sent = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((by) => send(by)));
    expect(effects).toHaveLength(1);
    for (const one of sent) {
      if (one.status === 'fulfilled') expect(one.value.answer.body).toBe(effects[0]);
      else expect(one.reason).toMatchObject({ code: 'IDEMPOTENCY_UNDER_WAY' });
    }
  });

  it('keeps nothing of a call that was refused: sent again it is carried out', async () => {
    const { send, effects } = bound(bed());
    const refused = () => Promise.reject(new Error('locked'));
    await expect(send('first', {}, undefined, refused)).rejects.toThrow('locked');
    expect((await send('second')).replayed).toBe(false);
    expect(effects).toEqual(['second']);
  });

  it('says of an answer that is too long for an item that the call was carried out', async () => {
    const { send, effects } = bound(bed());
    const long = async () => ({ statusCode: 200, body: 'x'.repeat(500_000) });
    expect((await send('first', {}, undefined, long)).answer.body).toHaveLength(500_000);
    await expect(send('second')).rejects.toMatchObject({ code: 'IDEMPOTENCY_ANSWER_LOST' });
    expect(effects).toEqual([]);
  });

  it('forgets after a day', async () => {
    const { send, clock } = bound(bed());
    await send('first');
    await clock.advanceTo(BEGAN + 23 * 3_600_000);
    expect((await send('second')).replayed).toBe(true);
    await clock.advanceTo(BEGAN + 25 * 3_600_000);
    expect((await send('third', { payload: 'other' })).answer.body).toBe('third');
  });
}

/** Every write of an attempt: the claim, and the answer. */
const DEATHS = [1, 2].flatMap((at) => (['before', 'after'] as const).map((place) => [at, place] as const));

function deaths(bed: () => Bed): void {
  it.each(DEATHS)(
    'survives an attempt that hangs at its write %i, %s it, and hears nothing of it when it wakes',
    async (at, place) => {
      const { send, effects, clock, hanging } = bound(bed());
      const { store, wake, hangs } = hanging(at, place);
      const first = send('first', {}, store);
      first.catch(() => undefined);
      await hangs;
      const claimed = at === 2 || place === 'after';
      const done = at === 2 && place === 'after';
      if (claimed && !done) {
        await expect(send('too early')).rejects.toMatchObject({ code: 'IDEMPOTENCY_UNDER_WAY', retryAfterSeconds: 5 });
        await clock.advanceTo(DEADLINE + 1999);
        await expect(send('too early')).rejects.toMatchObject({ code: 'IDEMPOTENCY_UNDER_WAY', retryAfterSeconds: 1 });
      }
      await clock.advanceTo(DEAD);
      const second = await send('second');
      expect(second).toEqual({ answer: { statusCode: 200, body: done ? 'first' : 'second' }, replayed: done });
      wake();
      const woken = await first.then(
        ({ answer }) => answer.body,
        (error: { code?: string }) => error.code,
      );
      // Once taken over it speaks for nobody: it is told its successor's answer, or that another carries the call out.
      expect(woken).toBe(done ? 'first' : claimed ? 'IDEMPOTENCY_UNDER_WAY' : 'second');
      expect((await send('third')).answer.body).toBe(second.answer.body);
      // A call is carried out twice only where its first attempt died between its effect and its answer, or slept past its deadline.
      expect(effects.length).toBe(done || !claimed ? 1 : 2);
    },
  );
}

const bound = (bed: Bed) => ({
  send: bed.send.bind(bed),
  hanging: bed.hanging.bind(bed),
  effects: bed.effects,
  clock: bed.clock,
  key: bed.key,
});
