import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { Exposures } from '../../../openfeature/exposures.ts';
import { Tracking } from '../../../openfeature/tracking.ts';
import { type TrackedBatch, trackedBatch } from '../../../shared/flags/flag-feed.ts';

describe('Tracking', () => {
  const event = (name: string) => ({ name, at: 0 });

  it('keeps a thousand events that nobody takes, the newest, and counts the others', async () => {
    const clock = new VirtualClock();
    const batches: TrackedBatch[] = [];
    let isUp = false;
    const send = async (batch: TrackedBatch) => {
      if (!isUp) throw new Error('down');
      batches.push(trackedBatch.parse(batch));
    };
    const tracking = new Tracking({ environment: 'production', send, everyMs: 1000, clock });
    for (let n = 0; n < 900; n += 1) tracking.add(event(`a${n}`));
    await clock.advanceTo(1000);
    for (let n = 0; n < 300; n += 1) tracking.add(event(`b${n}`));
    await clock.advanceTo(2000);
    isUp = true;
    await clock.advanceTo(3000);
    await clock.advanceTo(4000);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ dropped: 200 });
    expect(batches[0]?.events).toHaveLength(1000);
    expect(batches[0]?.events[0]?.name).toBe('a200');
    expect(batches[0]?.events.at(-1)?.name).toBe('b299');
    tracking.add(event('last'));
    await tracking.close(new AbortController().signal);
    tracking.add(event('too late'));
    expect(batches[1]).toEqual({ environment: 'production', dropped: 0, events: [event('last')] });
    expect(clock.nextWake()).toBeUndefined();
  });

  it('leaves out what the API would refuse, and all that is sent beside it, and counts it', async () => {
    const clock = new VirtualClock();
    const batches: TrackedBatch[] = [];
    const send = async (batch: TrackedBatch) => void batches.push(batch);
    const tracking = new Tracking({ environment: 'production', send, everyMs: 1000, clock });
    const half = '\ud83d';
    for (const name of ['', 'x'.repeat(201), half]) tracking.add(event(name));
    tracking.add({ ...event('key'), key: half });
    tracking.add({ ...event('attribute'), attributes: { emoji: half } });
    tracking.add({ ...event('fine'), key: '😀', attributes: { emoji: '😀', n: 1 } });
    await clock.advanceTo(1000);
    expect(batches).toMatchObject([{ dropped: 5, events: [{ name: 'fine' }] }]);
    await tracking.close(new AbortController().signal);
  });

  it('sends exposures of more flags than the API takes at once in several batches', async () => {
    const clock = new VirtualClock();
    const sizes: number[] = [];
    const send = async ({ data = [] }: TrackedBatch) => void sizes.push(data.length);
    const exposures = new Exposures('production');
    const tracking = new Tracking({ environment: 'production', send, everyMs: 5000, clock, exposures });
    for (let flag = 0; flag < 2500; flag += 1) tracking.expose({ flag: `f${flag}`, key: 'ada', cohort: 'on', dealt: true });
    await clock.advanceTo(5000);
    expect(sizes).toEqual([1000, 1000, 500]);
    await tracking.close(new AbortController().signal);
  });

  it('sends ever more rarely while nobody takes it, once a minute in the end, and as before when somebody does', async () => {
    const clock = new VirtualClock();
    const sentAt: number[] = [];
    const send = async () => {
      sentAt.push(clock.now());
      if (sentAt.length < 7) throw new Error('forbidden');
    };
    const tracking = new Tracking({ environment: 'production', send, everyMs: 5000, clock });
    tracking.add(event('a'));
    for (let at = 5000; at <= 200_000; at += 5000) await clock.advanceTo(at);
    tracking.add(event('b'));
    await clock.advanceTo(205_000);
    expect(sentAt).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 140_000, 200_000, 205_000]);
    await tracking.close(new AbortController().signal);
  });
});
