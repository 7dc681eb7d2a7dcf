import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { EventLog } from '../../../../local/server/event-log.ts';
import { openStream } from '../../../../local/server/open-stream.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';

const LARGE = 'x'.repeat(50_000);

const event = (rev: number): RunEvent => ({
  type: 'checkpointCreated',
  runId: 'r1',
  item: 'COMPONENT#one',
  rev,
  epoch: 1,
  at: rev,
  actor: 'slipway',
  data: { text: LARGE },
  prev: '',
  hash: '',
});

/** A server of the stream of all runs on a real socket, and one connection to it that has its head. */
async function bed() {
  const log = new EventLog({ events: 10 });
  const clock = new VirtualClock();
  const faults: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const held: (() => number)[] = [];
  const server = createServer((request, response) => {
    held.push(() => response.writableLength);
    const ask = () => Promise.reject(new Error('Nothing is asked.'));
    const opens = async () => true;
    openStream({ log, clock, ask, opens, request, response, onFault: (error) => faults.push(error) }, undefined).then(
      () => ended.resolve(),
      ended.reject,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.write('GET /v1/events HTTP/1.1\r\nhost: here\r\n\r\n');
  await once(socket, 'data');
  return { log, clock, faults, socket, ended: ended.promise, held: () => held[0]?.() ?? 0 };
}

describe('openStream', () => {
  it('cuts off a reader that reads nothing, and has never held more for it than the socket and one event', async () => {
    const { log, clock, faults, socket, ended, held } = await bed();
    socket.pause();
    let most = 0;
    for (let rev = 1; rev <= 1000; rev += 1) {
      log.take(event(rev));
      if (rev % 20 !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, held());
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3 * LARGE.length);
    await clock.runUntilIdle();
    await ended;
    expect(faults).toEqual([]);
  });

  it('ends when the reader leaves, with nothing asleep', async () => {
    const { clock, faults, socket, ended } = await bed();
    socket.destroy();
    await ended;
    expect(clock.nextWake()).toBeUndefined();
    expect(faults).toEqual([]);
  });
});
