import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { EffectUnansweredError, UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import type { EffectClass } from '../../../../shared/ports/user-code.ts';
import { componentKey, haltKey, runKey } from '../../../../shared/run/keys.ts';
import { outOfPatience, waitWithin } from '../../../../shared/run/patience.ts';
import { CLOCK_MARGIN_MS, type SliceOutcome, type StepEffects } from '../../../../shared/run/steps.ts';
import { loadWork, openWork, type Work } from '../../../../shared/run/work-access.ts';
import type { Intent } from '../../../../shared/run/work-state.ts';
import { workSteps } from '../../../../shared/run/work-steps.ts';
import { seizeItem } from '../../../../shared/run/writes.ts';

const MINUTE = 60_000;
const KEY = componentKey('run1', 'tidy');

/** Steps of one component under time that passes only in sleeps, waits and calls. */
class Steps {
  time = 1_000_000;
  epoch = 1;
  calls = 0;
  effect: EffectClass = 'idempotent';
  perform: (deadline: number) => Promise<null> = async () => null;
  probe = false;
  readonly store = new MemoryStore();
  readonly #clock = {
    now: () => this.time,
    sleep: async (ms: number) => {
      this.time += ms;
    },
  };
  readonly #deps = {
    store: this.store,
    clock: this.#clock,
    ids: seededIds(1, this.#clock),
    events: { publish: async () => undefined },
  };
  #invocations = 0;

  get writer() {
    return { runId: 'run1', epoch: this.epoch };
  }

  async slice(delay = 1000): Promise<SliceOutcome> {
    const effects: StepEffects = {
      count: 2,
      effect: this.effect,
      timeoutMs: 30_000,
      undoable: true,
      perform: (_, deadline) => {
        this.calls += 1;
        return this.perform(deadline);
      },
      undo: async () => undefined,
      probe: async () => this.probe,
      retryAfter: () => delay,
    };
    this.#invocations += 1;
    const slice = { invocation: `call-${this.#invocations}`, until: this.time + MINUTE };
    const context = { deps: this.#deps, effects, slice, environment: 'test', patienceMs: 10 * MINUTE, stands: () => undefined };
    const draft = { type: 'rollbackPointCreated', data: {} } as const;
    return workSteps(context, await openWork(this.#deps, this.writer, KEY, draft, { status: 'prepared' }));
  }

  /** Slice after slice, as the state machine does; `until` ends it where it looks in vain. */
  async toEnd(delay?: number): Promise<SliceOutcome> {
    for (let slices = 0; slices < 200; slices += 1) {
      const answer = await this.slice(delay);
      if (answer.outcome === 'wait') this.time = Math.max(this.time, answer.until);
      else if (answer.outcome !== 'more') return answer;
    }
    throw new Error('There is no end.');
  }

  async work(): Promise<Work | undefined> {
    return loadWork(this.#deps, this.writer, KEY);
  }

  /** As a resume does. */
  async takeOver(): Promise<void> {
    this.epoch += 1;
    await this.store.write(seizeItem(KEY, this.epoch, 'forward'));
  }
}

const lost = async () => {
  throw new EffectUnansweredError('no answer');
};

describe('a step without a checkpoint', () => {
  it('fails once it was tried for so long, naming the limit and what to do', async () => {
    const steps = new Steps();
    const begun = steps.time;
    steps.perform = async () => {
      steps.time += 30_000;
      throw new UserCodeTimeoutError('too slow');
    };
    const end = await steps.toEnd();
    expect(end).toMatchObject({ outcome: 'failed', code: 'TIMED_OUT' });
    expect('message' in end && end.message).toMatch(
      /^Step 0 of tidy reached no checkpoint within 10m \(timeouts\.migrate\), in 20 attempts; the last said: too slow\. .*slipway logs run1.*longer timeouts\.migrate/,
    );
    expect(steps.time - begun).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(steps.time - begun).toBeLessThan(11 * MINUTE);
    expect((await steps.work())?.state).toMatchObject({ failure: { code: 'TIMED_OUT', step: 0 } });
  });

  it('counts the wait for a call that gave no answer, and fails only when it is dead', async () => {
    const steps = new Steps();
    steps.perform = lost;
    expect(await steps.toEnd()).toMatchObject({ code: 'TIMED_OUT' });
    const intent = (await steps.work())?.state.intent;
    expect(steps.time).toBeGreaterThanOrEqual((intent?.deadline ?? 0) + CLOCK_MARGIN_MS);
    expect(steps.calls).toBe(Math.ceil((10 * MINUTE) / (30_000 + CLOCK_MARGIN_MS)));
  });

  it('does not wait for an attempt that nobody would make', async () => {
    const steps = new Steps();
    const begun = steps.time;
    steps.perform = async () => {
      throw new UserCodeTimeoutError('too slow');
    };
    expect(await steps.toEnd(24 * 60 * MINUTE)).toMatchObject({ code: 'TIMED_OUT' });
    expect(steps.time - begun).toBe(10 * MINUTE);
    expect(steps.calls).toBe(1);
  });

  it('starts anew with each checkpoint', async () => {
    const steps = new Steps();
    let failures = 0;
    steps.perform = async () => {
      failures += 1;
      if (failures % 2 === 0) return null;
      throw new UserCodeTimeoutError('too slow');
    };
    expect(await steps.toEnd(6 * MINUTE)).toEqual({ outcome: 'done' });
    expect(steps.calls).toBe(4);
  });

  it('does not count a pause', async () => {
    const steps = new Steps();
    steps.perform = lost;
    await steps.slice();
    await steps.store.write({ name: 'test', key: runKey('run1'), set: { status: 'paused' }, when: [] });
    steps.time += 24 * 60 * MINUTE;
    expect(await steps.slice()).toEqual({ outcome: 'paused' });
    await steps.store.write({ name: 'test', key: runKey('run1'), set: { status: 'running' }, when: [] });
    await steps.takeOver();
    steps.perform = async () => null;
    expect(await steps.toEnd()).toEqual({ outcome: 'done' });
  });

  it('is halted before it is late', async () => {
    const steps = new Steps();
    steps.perform = lost;
    await steps.slice();
    await steps.store.write({ name: 'test', key: haltKey('test'), set: { active: true }, when: [] });
    steps.time += 60 * MINUTE;
    expect(await steps.slice()).toEqual({ outcome: 'halted' });
  });

  it('is asked first whether its effect stands', async () => {
    const steps = new Steps();
    steps.effect = 'probeable';
    steps.perform = lost;
    await steps.slice();
    steps.time += 60 * MINUTE;
    steps.probe = true;
    steps.perform = async () => null;
    expect(await steps.toEnd()).toEqual({ outcome: 'done' });
    expect(steps.calls).toBe(2);
  });

  it('is a person’s to judge where its effect is manual', async () => {
    const steps = new Steps();
    steps.effect = 'manual';
    steps.perform = lost;
    await steps.slice();
    steps.time += 60 * MINUTE;
    expect(await steps.slice()).toMatchObject({ outcome: 'ambiguous', step: 0 });
  });
});

describe('outOfPatience', () => {
  const work = (intent: Partial<Intent>): Work => ({
    key: KEY,
    writer: { runId: 'run1', epoch: 2 },
    item: { ...KEY },
    state: {
      epoch: 2,
      rev: 1,
      direction: 'forward',
      status: 'working',
      cursor: 0,
      intent: { step: 0, back: false, deadline: 0, by: 'a', attempt: 1, epoch: 2, since: 0, ...intent },
    },
  });
  const at = (now: number) => ({ clock: { now: () => now, sleep: async () => undefined } });

  it('never fails a step while something of it may be under way', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(200_000), fc.boolean(), (now, deadline, ended) => {
        const end = outOfPatience(at(now), work({ deadline, ...(ended ? { ended } : {}) }), MINUTE);
        if (end?.outcome === 'failed') expect(ended || now >= deadline + CLOCK_MARGIN_MS).toBe(true);
        if (end?.outcome === 'wait') expect(end.until).toBeGreaterThan(now);
        if (end === undefined) expect(now).toBeLessThan(MINUTE);
      }),
    );
  });

  it('has endless patience with what no limit is set for, and with intents of others', () => {
    expect(outOfPatience(at(9e12), work({}), undefined)).toBeUndefined();
    expect(outOfPatience(at(9e12), undefined, MINUTE)).toBeUndefined();
    expect(outOfPatience(at(9e12), work({ epoch: 1 }), MINUTE)).toBeUndefined();
    expect(outOfPatience(at(9e12), work({ back: true }), MINUTE)).toBeUndefined();
  });

  it('lets no wait reach beyond the limit, nor into the past', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(200_000), (now, delay) => {
        const wait = waitWithin(at(now), work({}), delay, MINUTE);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(delay);
        expect(now + wait).toBeLessThanOrEqual(Math.max(now, MINUTE));
      }),
    );
  });
});
