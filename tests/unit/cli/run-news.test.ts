import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { ApiClient } from '../../../cli/api-client.ts';
import { RunNews } from '../../../cli/run-news.ts';
import { SAMPLE_EVENT } from '../../../shared/api/samples.ts';

const access = { url: 'http://plane', token: 't', here: true };
const never = new AbortController().signal;

function bed(answer: () => Response) {
  const clock = new VirtualClock(0);
  const asked: string[] = [];
  const fetch = async (url: string | URL | Request) => {
    asked.push(String(url));
    return answer();
  };
  const client = new ApiClient({ access, fetch, start: '', clock });
  return { clock, asked, news: new RunNews({ client: () => client, runId: 'r', clock, signal: never }) };
}

/** Lets everything happen that needs no time. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function waits(news: RunNews, most = 60_000): Promise<() => boolean> {
  let over = false;
  void news.next(most, never).then(() => {
    over = true;
  });
  await settle();
  return () => over;
}

describe('news of a run', () => {
  it('come with its events, a little later for what comes together', async () => {
    const sent = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
    const body = new ReadableStream<Uint8Array>({ start: (controller) => sent.resolve(controller) });
    const { clock, asked, news } = bed(() => new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    const stream = await sent.promise;
    const over = await waits(news);
    expect([over(), asked]).toEqual([false, ['http://plane/v1/runs/r/events']]);
    stream.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(SAMPLE_EVENT)}\n\n`));
    await settle();
    await clock.advanceTo(99);
    await settle();
    expect(over()).toBe(false);
    await clock.advanceTo(100);
    await settle();
    expect(over()).toBe(true);
  });

  it('are looked for every half second where there is no stream', async () => {
    const { clock, asked, news } = bed(() => new Response('', { status: 404 }));
    const over = await waits(news);
    await clock.advanceTo(499);
    await settle();
    expect(over()).toBe(false);
    await clock.advanceTo(500);
    await settle();
    expect([over(), asked.length]).toEqual([true, 1]);
  });

  it('are looked for meanwhile where the stream broke, which is opened again', async () => {
    const { clock, asked, news } = bed(() => new Response('', { status: 503 }));
    const over = await waits(news, 200);
    await clock.advanceTo(200);
    await settle();
    expect(over()).toBe(true);
    await clock.advanceTo(1000);
    await settle();
    expect(asked.length).toBe(2);
  });
});
