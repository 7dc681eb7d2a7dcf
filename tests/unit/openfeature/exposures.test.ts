import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { Exposures } from '../../../openfeature/exposures.ts';
import { Tracking } from '../../../openfeature/tracking.ts';
import type { TrackedBatch } from '../../../shared/flags/flag-feed.ts';

const shown = (key: string, cohort: string, flag = 'search') => ({ flag, key, cohort, dealt: true });
const counts = (data: NonNullable<TrackedBatch['data']>) =>
  Object.fromEntries(data.map(({ dimensions, values }) => [`${dimensions['flag']}/${dimensions['variation']}`, values[0]]));

describe('Exposures', () => {
  it('count every key once, by flag and variation', () => {
    const exposures = new Exposures('production');
    for (const key of ['ada', 'bob', 'ada', 'Zoë', 'ada']) exposures.count(shown(key, key === 'bob' ? 'on' : 'off'));
    exposures.count(shown('ada', 'on', 'other'));
    expect(counts(exposures.take(5, 1000))).toEqual({ 'search/on': 1, 'search/off': 2, 'other/on': 1 });
    exposures.count(shown('ada', 'off'));
    expect(exposures.take(6, 1000)).toEqual([]);
  });

  it('are taken so many at once, and the rest after', () => {
    const exposures = new Exposures('production');
    for (let flag = 0; flag < 5; flag += 1) exposures.count(shown('ada', 'on', `flag-${flag}`));
    const flags = () => exposures.take(1, 2).map(({ dimensions }) => dimensions['flag']);
    expect([flags(), flags(), flags(), flags()]).toEqual([['flag-0', 'flag-1'], ['flag-2', 'flag-3'], ['flag-4'], []]);
  });

  it('count everybody anew once the flag has changed, and nobody of another', () => {
    const exposures = new Exposures('production');
    exposures.count(shown('ada', 'off'));
    exposures.count(shown('ada', 'on', 'other'));
    exposures.take(1, 1000);
    exposures.forget(['search', 'unknown']);
    exposures.count(shown('ada', 'on'));
    exposures.count(shown('ada', 'on', 'other'));
    expect(counts(exposures.take(2, 1000))).toEqual({ 'search/on': 1 });
  });

  it('are handed on with what is tracked, and again where nobody took them', async () => {
    const clock = new VirtualClock();
    const batches: TrackedBatch[] = [];
    let isUp = false;
    const send = async (batch: TrackedBatch) => {
      if (!isUp) throw new Error('down');
      batches.push(batch);
    };
    const tracking = new Tracking({
      environment: 'production',
      send,
      everyMs: 1000,
      clock,
      exposures: new Exposures('production'),
    });
    tracking.expose(shown('ada', 'on'));
    await clock.advanceTo(1000);
    tracking.expose(shown('bob', 'on'));
    isUp = true;
    await clock.advanceTo(2000);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ events: [], data: [{ metric: 'Exposures', at: 2000, values: [2] }] });
    await tracking.close(new AbortController().signal);
    expect(batches).toHaveLength(1);
  });
});
