import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../../adapters/aws/event-bus.ts';
import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';

const bridge = mockClient(EventBridgeClient);
const sleeps: number[] = [];
const clock = {
  now: () => 0,
  sleep: async (ms: number) => {
    sleeps.push(ms);
  },
};
const bus = new EventBus({ client: new EventBridgeClient({ region: 'eu-west-1' }), bus: 'slipway', clock });

const event = (rev: number, data: RunEvent['data'] = {}): RunEvent => ({
  type: 'statusChanged',
  runId: 'run-1',
  item: 'RUN',
  rev,
  epoch: 1,
  at: 1_700_000_000_000,
  actor: 'anna',
  data,
  prev: '',
  hash: `hash-${rev}`,
});
const events = (count: number) => Array.from({ length: count }, (_, at) => event(at));
const sent = (): number[][] =>
  bridge
    .commandCalls(PutEventsCommand)
    .map((call) => (call.args[0].input.Entries ?? []).map((entry) => (JSON.parse(entry.Detail ?? '') as RunEvent).rev));

beforeEach(() => {
  bridge.reset();
  sleeps.length = 0;
});

describe('EventBus', () => {
  it('puts an event with its type, time and all that it holds', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    await bus.publish([event(4)]);
    expect(bridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      {
        EventBusName: 'slipway',
        Source: 'slipway',
        DetailType: 'statusChanged',
        Time: new Date(1_700_000_000_000),
        Detail: JSON.stringify(event(4)),
      },
    ]);
  });

  it('sends at most ten at once, in order, and nothing for nothing', async () => {
    bridge.on(PutEventsCommand).resolves({});
    await bus.publish([]);
    await bus.publish(events(23));
    expect(sent().map((batch) => batch.length)).toEqual([10, 10, 3]);
    expect(sent().flat()).toEqual(events(23).map(({ rev }) => rev));
  });

  it('sends fewer at once when they are large', async () => {
    bridge.on(PutEventsCommand).resolves({});
    await bus.publish(events(5).map(({ rev }) => event(rev, { text: 'ž'.repeat(50_000) })));
    expect(sent()).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('sends again the entries that were refused, and only those', async () => {
    bridge
      .on(PutEventsCommand)
      .resolvesOnce({
        FailedEntryCount: 2,
        Entries: [{ EventId: 'a' }, { ErrorCode: 'ThrottlingException' }, { ErrorCode: 'InternalFailure' }],
      })
      .resolvesOnce({ FailedEntryCount: 1, Entries: [{ EventId: 'b' }, { ErrorCode: 'InternalFailure' }] })
      .resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'c' }] });
    await bus.publish(events(3));
    expect(sent()).toEqual([[0, 1, 2], [1, 2], [2]]);
    expect(sleeps).toEqual([50, 200]);
  });

  it('gives up on entries that are throttled again and again', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] });
    await expect(bus.publish(events(1))).rejects.toBeInstanceOf(StoreThrottledError);
    expect(sent()).toHaveLength(4);
  });

  it('does not repeat what is refused for good', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }] });
    await expect(bus.publish(events(1))).rejects.toBeInstanceOf(StoreRejectedError);
    expect(sent()).toHaveLength(1);
  });

  it('does not know what happened when nothing answered', async () => {
    bridge.on(PutEventsCommand).rejects(Object.assign(new Error(), { code: 'ECONNRESET' }));
    await expect(bus.publish(events(1))).rejects.toBeInstanceOf(StoreUnansweredError);
  });
});
