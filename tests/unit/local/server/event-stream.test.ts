import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { EventQueue } from '../../../../local/server/event-queue.ts';
import { type EventSource, LEFT, streamEvents, TOO_SLOW } from '../../../../local/server/event-stream.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import type { RunStatus } from '../../../../shared/run/run-state.ts';

const event = (rev: number, item = 'COMPONENT#one'): RunEvent => ({
  type: 'checkpointCreated',
  runId: 'r1',
  item,
  rev,
  epoch: 1,
  at: rev,
  actor: 'slipway',
  data: { text: 'a\nb' },
  prev: '',
  hash: '',
});

/** What a reader has been sent; one that does not read takes nothing. */
class FakeResponse extends Writable {
  text = '';
  head: unknown;
  reads = true;
  #held: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1000, decodeStrings: false });
  }

  writeHead(...head: unknown[]): void {
    this.head = head;
  }

  flushHeaders(): void {}

  override _write(chunk: string, _: string, done: () => void): void {
    this.text += chunk;
    if (this.reads) done();
    else this.#held = done;
  }

  readOn(): void {
    this.reads = true;
    this.#held?.();
  }

  get blocks(): string[] {
    return this.text.split('\n\n').filter((block) => block !== '');
  }
}

function bed(over: Partial<EventSource> = {}, limit = 100, opens = async () => true) {
  const clock = new VirtualClock(1_000_000);
  const response = new FakeResponse();
  const ending = new AbortController();
  const queue = new EventQueue({ events: limit, bytes: 1_000_000 }, () => ending.abort(TOO_SLOW));
  const source = { replay: [], told: new Set<string>(), queue, ...over };
  const pass = (ms: number) => clock.advanceTo(clock.now() + ms);
  const done = streamEvents(response, source, { clock, signal: ending.signal, opens });
  return { clock, response, ending, queue, pass, done };
}

describe('streamEvents', () => {
  it('tells what has been, then what happens, each on lines of its own', async () => {
    const { response, queue, pass, ending, done } = bed({ replay: [event(1)], told: new Set(['r1/COMPONENT#one#1']) });
    queue.push(event(1), 1);
    queue.push(event(2), 1);
    await pass(0);
    queue.push(event(3), 1);
    await pass(0);
    expect(response.head).toEqual([200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }]);
    expect(response.blocks.map((block) => block.split('\n')[0])).toEqual([1, 2, 3].map((rev) => `id: r1/COMPONENT#one#${rev}`));
    expect(JSON.parse(response.blocks[2]?.split('\n')[1]?.slice('data: '.length) ?? '')).toEqual(event(3));
    ending.abort(LEFT);
    await done;
  });

  it('sends a heartbeat after 15 s of silence, and only then', async () => {
    const { response, queue, pass, ending, done } = bed();
    await pass(14_999);
    expect(response.text).toBe('');
    await pass(1);
    expect(response.text).toBe(': heartbeat\n\n');
    await pass(10_000);
    queue.push(event(1), 1);
    await pass(14_000);
    expect(response.blocks).toHaveLength(2);
    await pass(30_000);
    expect(response.blocks.filter((block) => block === ': heartbeat')).toHaveLength(3);
    ending.abort(LEFT);
    await done;
  });

  it('ends once the run rests, not while it lets its locks go', async () => {
    let state: { resting: boolean; status: RunStatus } = { resting: false, status: 'running' };
    let looks = 0;
    const run = async () => {
      looks += 1;
      return state;
    };
    const { response, queue, pass, done } = bed({ runId: 'r1', run });
    await pass(1000);
    expect(looks).toBe(1);
    state = { resting: false, status: 'succeeded' };
    queue.push(event(9, 'RUN'), 1);
    await pass(1000);
    expect(response.blocks).toHaveLength(1);
    state = { resting: true, status: 'succeeded' };
    await pass(250);
    await done;
    expect(response.blocks[1]).toBe('event: end\ndata: {"runId":"r1","status":"succeeded"}');
    expect(response.writableEnded).toBe(true);
  });

  it('tells what comes while it looks before it ends', async () => {
    let comes = () => {};
    const run = async () => {
      await Promise.resolve();
      comes();
      comes = () => {};
      return { resting: true, status: 'paused' } as const;
    };
    const { response, queue, done } = bed({ runId: 'r1', run });
    comes = () => queue.push(event(1), 1);
    await done;
    expect(response.blocks.map((block) => block.split('\n')[0])).toEqual(['id: r1/COMPONENT#one#1', 'event: end']);
  });

  it('waits for a reader that is slow, and goes on where it was', async () => {
    const { response, queue, pass, ending, done } = bed();
    response.reads = false;
    for (let rev = 1; rev <= 50; rev += 1) queue.push(event(rev), 1);
    await pass(100);
    expect(response.writableLength).toBeLessThan(2000);
    response.readOn();
    await pass(0);
    expect(response.blocks).toHaveLength(50);
    ending.abort(LEFT);
    await done;
  });

  it('cuts off one that is too slow, says why, and holds nothing for it', async () => {
    const { response, queue, pass, done } = bed({}, 20);
    response.reads = false;
    for (let rev = 1; rev <= 15; rev += 1) queue.push(event(rev), 1);
    await pass(0);
    for (let rev = 16; rev <= 1000; rev += 1) queue.push(event(rev), 1);
    expect(queue.length).toBe(20);
    await pass(0);
    expect(response.writableLength).toBeLessThan(2000);
    response.readOn();
    await pass(0);
    expect(response.blocks.at(-1)).toMatch(/^event: cut-off\ndata: \{"code":"TOO_SLOW".*Last-Event-ID/);
    await done;
    expect(response.destroyed).toBe(true);
  });

  it('cuts off one for which too many bytes wait', async () => {
    const { response, queue, pass, done } = bed();
    queue.push(event(1), 1_000_000);
    expect(queue.length).toBe(1);
    queue.push(event(2), 1);
    await pass(5000);
    await done;
    expect(response.blocks.at(-1)).toMatch(/^event: cut-off/);
  });

  it('does not wait for ever for one that reads nothing', async () => {
    const { response, queue, pass, done } = bed({}, 1);
    response.reads = false;
    for (let rev = 1; rev <= 1000; rev += 1) queue.push(event(rev), 1);
    await pass(4999);
    expect(response.destroyed).toBe(false);
    await pass(1);
    await done;
    expect(response.destroyed).toBe(true);
  });

  it('leaves nothing asleep when the reader leaves', async () => {
    const { clock, pass, ending, done } = bed();
    await pass(10);
    ending.abort(LEFT);
    await done;
    expect(clock.nextWake()).toBeUndefined();
  });

  it('fails where the run cannot be read', async () => {
    const { done } = bed({ runId: 'r1', run: () => Promise.reject(new Error('no store')) });
    await expect(done).rejects.toThrow('no store');
  });
});
