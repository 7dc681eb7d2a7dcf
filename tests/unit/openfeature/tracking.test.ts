import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
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
});
