import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { ApiClient } from '../../../cli/api-client.ts';
import { followEvents } from '../../../cli/follow-events.ts';
import { eventId } from '../../../shared/api/event-stream.ts';
import { SAMPLE_EVENT } from '../../../shared/api/samples.ts';
import type { TimelineEvent } from '../../../shared/api/timeline.ts';

const PATH = '/v1/runs/r/events';
const event = (item: string, rev: number): TimelineEvent => ({ ...SAMPLE_EVENT, runId: 'r', item, rev });
const message = (one: TimelineEvent): string => `id: ${eventId(one)}\ndata: ${JSON.stringify(one)}\n\n`;
const stream = (...parts: string[]) => new Response(parts.join(''), { headers: { 'content-type': 'text/event-stream' } });
const page = (cursor: string, events: TimelineEvent[] = [], more = false) =>
  Response.json({ events, cursor, more }, { headers: { etag: `"${cursor}"` } });

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}

/** Follows a control plane that gives these answers, one after the other, until it is over. */
async function followed(answers: (() => Response)[], over?: () => Promise<boolean>) {
  const clock = new VirtualClock(0);
  const asked: Asked[] = [];
  const states: string[] = [];
  const told: string[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    asked.push({ url: String(url), headers: init?.headers as Record<string, string>, at: clock.now() });
    const answer = answers.shift();
    if (!answer) throw new TypeError('fetch failed');
    return answer();
  };
  const client = new ApiClient({ access: { url: 'http://plane', token: 't', here: false }, fetch, start: 'Start it.', clock });
  const { signal } = new AbortController();
  const following = (async () => {
    const onState = (state: string) => void states.push(state);
    for await (const events of followEvents({
      client: () => client,
      path: PATH,
      clock,
      signal,
      onState,
      ...(over && { over }),
    })) {
      told.push(...events.map(({ item, rev }) => `${item} ${rev}`));
    }
  })();
  const outcome = following.then(
    () => 'over',
    (error: { code?: string }) => error.code ?? String(error),
  );
  let settled = false;
  void outcome.then(() => {
    settled = true;
  });
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceTo(clock.now() + 250);
  }
  return { outcome: await outcome, asked, states, told };
}

const END = 'event: end\ndata: {}\n\n';

describe('following events', () => {
  it('reads a stream where there is one, until it ends', async () => {
    const { outcome, asked, told, states } = await followed([
      () => stream(message(event('RUN', 1)), ': heartbeat\n\n', message(event('RUN', 2)), END),
    ]);
    expect({ outcome, told, states }).toEqual({ outcome: 'over', told: ['RUN 1', 'RUN 2'], states: ['stream'] });
    expect(asked).toMatchObject([
      {
        url: `http://plane${PATH}`,
        headers: { authorization: 'Bearer t', accept: expect.stringContaining('text/event-stream') },
      },
    ]);
  });

  it('goes on after the last id where a stream breaks, and tells nothing twice', async () => {
    const { told, asked, states } = await followed([
      () => stream(message(event('RUN', 1)), message(event('COMPONENT#a', 1))),
      () => stream(message(event('COMPONENT#a', 1)), message(event('RUN', 2)), END),
    ]);
    expect(told).toEqual(['RUN 1', 'COMPONENT#a 1', 'RUN 2']);
    expect(asked[1]?.headers['last-event-id']).toBe('r/COMPONENT#a#1');
    expect(states).toEqual(['stream', 'lost', 'stream']);
  });

  it('polls where there is none, at once while there is more, later and later while nothing happens', async () => {
    const empty = () => new Response(null, { status: 304 });
    let rests = false;
    const { told, asked, outcome, states } = await followed(
      [
        () => page('c1', [event('RUN', 1)], true),
        () => page('c2', [event('COMPONENT#a', 1)]),
        empty,
        empty,
        empty,
        empty,
        empty,
        () => {
          rests = true;
          return page('c3', [event('RUN', 2)]);
        },
        empty,
      ],
      async () => rests,
    );
    expect({ told, outcome }).toEqual({ told: ['RUN 1', 'COMPONENT#a 1', 'RUN 2'], outcome: 'over' });
    expect(new Set(states)).toEqual(new Set(['poll']));
    expect(asked.slice(0, 4).map(({ url }) => url.split('?')[1])).toEqual([undefined, 'since=c1', 'since=c2', 'since=c2']);
    expect(asked[3]?.headers).toMatchObject({ accept: 'application/json', 'if-none-match': '"c2"' });
    const waits = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
    expect(waits[0]).toBe(0);
    expect(waits.slice(1, 7)).toEqual(waits.slice(1, 7).toSorted((a, b) => a - b));
    expect(Math.max(...waits)).toBeLessThanOrEqual(5250);
    expect(waits.at(-1)).toBeLessThan(1500);
  });

  it('takes a poll up where it was when the control plane was away, or asks for patience', async () => {
    let rests = false;
    const { told, asked, states } = await followed(
      [
        () => page('c1', [event('RUN', 1)]),
        () => {
          throw new TypeError('fetch failed');
        },
        () => new Response('', { status: 429 }),
        () => {
          rests = true;
          return page('c2', [event('RUN', 2)]);
        },
        () => page('c2'),
      ],
      async () => rests,
    );
    expect(told).toEqual(['RUN 1', 'RUN 2']);
    expect(asked.map(({ url }) => url.split('?')[1])).toContain('since=c1');
    expect(states).toContain('lost');
  });

  it('tells what is refused, and that nobody answers after a minute', async () => {
    const refused = { type: 'x', title: 'Not found', status: 404, code: 'RUN_NOT_FOUND', detail: 'There is no run r.' };
    expect((await followed([() => Response.json(refused, { status: 404 })])).outcome).toBe('RUN_NOT_FOUND');
    const { outcome, asked } = await followed([]);
    expect(outcome).toBe('NO_CONTROL_PLANE');
    expect(asked.at(-1)?.at).toBeGreaterThanOrEqual(59_000);
  });
});
