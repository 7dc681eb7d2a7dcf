import { describe, expect, it } from 'vitest';
import { type BehaviourBatch, BehaviourLog } from '../../../openfeature/behaviour-log.ts';

const { signal } = new AbortController();
const shown = (key: string, cohort = 'on') => ({ flag: 'search', key, cohort, dealt: true });

function bed() {
  const sent: BehaviourBatch[] = [];
  const plane = { isAway: false };
  const log = new BehaviourLog('production', async (batch) => {
    if (plane.isAway) throw new Error('It is away.');
    sent.push(batch);
  });
  return { log, sent, plane };
}

describe('BehaviourLog', () => {
  it('tells of the first exposure of a key only, until its flag changes', async () => {
    const { log, sent } = bed();
    log.expose(shown('ada'), 1);
    log.expose(shown('ada', 'off'), 2);
    await log.flush(signal);
    log.forget(['search']);
    log.expose(shown('ada', 'off'), 3);
    await log.flush(signal);
    const told = (variation: string, at: number) => ({ flag: 'search', key: 'ada', variation, at });
    expect(sent.map(({ exposures }) => exposures)).toEqual([[told('on', 1)], [told('off', 3)]]);
  });

  it('leaves out what the API would refuse, and all that is sent beside it', async () => {
    const { log, sent } = bed();
    const half = '\ud83d';
    for (const key of ['x'.repeat(1001), half, 'ada']) {
      log.expose(shown(key), 1);
      for (const name of ['', half, 'order']) log.track({ name, key, at: 1 });
    }
    await log.flush(signal);
    expect(sent.map(({ exposures, events }) => [exposures.map(({ key }) => key), events])).toEqual([
      [['ada'], [{ name: 'order', key: 'ada', at: 1 }]],
    ]);
  });

  it('sends nothing where nothing waits, and a thousand of each at once', async () => {
    const { log, sent } = bed();
    await log.flush(signal);
    for (let n = 0; n < 2500; n += 1) log.expose(shown(`k-${n}`), n);
    for (let n = 0; n < 1200; n += 1) log.track({ name: 'order', key: `k-${n}`, at: n });
    await log.flush(signal);
    expect(sent.map(({ exposures, events }) => [exposures.length, events.length])).toEqual([
      [1000, 1000],
      [1000, 200],
      [500, 0],
    ]);
  });

  it('keeps what was not taken, in its order, and of events the newest 5,000', async () => {
    const { log, sent, plane } = bed();
    plane.isAway = true;
    log.expose(shown('ada'), 1);
    for (let n = 0; n < 5001; n += 1) {
      log.track({ name: 'order', key: 'ada', at: n });
      if (n === 10) await log.flush(signal);
    }
    plane.isAway = false;
    await log.flush(signal);
    expect(sent.flatMap(({ exposures }) => exposures)).toHaveLength(1);
    expect(sent.flatMap(({ events }) => events.map(({ at }) => at))).toEqual(Array.from({ length: 5000 }, (_, n) => n + 1));
  });

  it('tells of a key that found no room when it comes again', async () => {
    const { log, sent } = bed();
    for (let n = 0; n <= 5000; n += 1) log.expose(shown(`k-${n}`), 1);
    await log.flush(signal);
    log.expose(shown('k-5000'), 2);
    await log.flush(signal);
    expect(sent.at(-1)?.exposures).toEqual([{ flag: 'search', key: 'k-5000', variation: 'on', at: 2 }]);
  });
});
