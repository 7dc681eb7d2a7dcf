import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { RunEventMetrics } from '../../../../local/metrics/run-events.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import { ulids, ulidTime } from '../../../../shared/ports/ulid.ts';

const BEGAN = 1_790_000_000_000;
const RUN = ulids(
  () => BEGAN,
  () => 7,
)();

let rev = 0;
const event = (item: string, type: RunEvent['type'], data: RunEvent['data'] = {}, more: Partial<RunEvent> = {}): RunEvent => {
  rev += 1;
  return { type, runId: RUN, item, rev, epoch: 1, at: BEGAN + rev, actor: 'slipway', data, prev: '', hash: '', ...more };
};

/** What one metric says after the events: values by their labels as JSON. */
async function counted(name: string, events: readonly RunEvent[], since = BEGAN): Promise<Record<string, number>> {
  const registry = new Registry();
  const metrics = new RunEventMetrics(registry, since);
  for (const one of events) metrics.take(one);
  const found = (await registry.getMetricsAsJSON()).find((metric) => name.startsWith(metric.name));
  const values = (found?.values ?? []) as { value: number; labels: object; metricName?: string }[];
  const wanted = values.filter(({ metricName = name }) => metricName === name);
  return Object.fromEntries(wanted.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}

describe('RunEventMetrics', () => {
  it('counts events by type and by the kind of their item', async () => {
    const events = [
      event('RUN', 'runCreated'),
      event('COMPONENT#a', 'checkpointCreated', { step: 0 }),
      event('SEGMENT#b#0001', 'checkpointCreated', { step: 0, read: 1 }),
      event('SEGMENT#b#0002', 'checkpointCreated', { step: 0, read: 1 }),
    ];
    expect(await counted('slipway_events_total', events)).toEqual({
      'runCreated run': 1,
      'checkpointCreated component': 1,
      'checkpointCreated segment': 2,
    });
  });

  it('adds up what runs cost, by the status in which they ended', async () => {
    const end = (to: string, costUsd: number) => event('RUN', 'statusChanged', { to, usage: { costUsd } });
    const events = [
      end('succeeded', 0.5),
      end('succeeded', 0.25),
      end('paused', 7),
      event('RUN', 'statusChanged', { to: 'failed' }),
    ];
    expect(await counted('slipway_run_cost_usd_sum', events)).toEqual({ succeeded: 0.75 });
  });

  it('counts what is new in the totals of a segment, and each round of undoing from its own', async () => {
    const tell = (step: number, written: number) =>
      event('SEGMENT#b#0001', 'checkpointCreated', { step, read: written + 1, written, quarantined: 1, kept: 0 });
    const undo = (round: number, restored: number) =>
      event('SEGMENT#b#0001', 'stepUndone', { round, restored, kept: 1, back: true });
    const events = [tell(0, 10), tell(1, 25), undo(1, 20), undo(1, 24), undo(2, 3)];
    expect(await counted('slipway_records_total', events)).toEqual({
      read: 26,
      written: 25,
      quarantined: 1,
      kept: 2,
      restored: 27,
      retried: 0,
    });
  });

  it('counts of a segment that an earlier process began only what is done from now on', async () => {
    const old = event('SEGMENT#b#0001', 'checkpointCreated', { step: 3, read: 400, written: 400 }, { at: BEGAN - 1 });
    const first = event('SEGMENT#c#0001', 'checkpointCreated', { step: 9, read: 900, written: 900 });
    const next = event('SEGMENT#b#0001', 'checkpointCreated', { step: 4, read: 450, written: 440 });
    expect(await counted('slipway_records_total', [old, first, next])).toMatchObject({ read: 50, written: 40 });
    expect(await counted('slipway_events_total', [old])).toEqual({});
  });

  it('adds up to the last total, whatever the steps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }), async (parts) => {
        let written = 0;
        const events = parts.map((part, step) => {
          written += part;
          return event('SEGMENT#b#0001', 'checkpointCreated', { step, read: written, written });
        });
        expect(await counted('slipway_records_total', events)).toMatchObject({ read: written, written });
      }),
      { numRuns: 30 },
    );
  });

  it('counts records that were tried again', async () => {
    const retried = event('SEGMENT#b#0001', 'checkpointCreated', { step: 5, retried: 3, quarantined: 1 });
    expect(await counted('slipway_records_total', [retried])).toMatchObject({ retried: 3, quarantined: 0 });
  });

  it('tells rollbacks of a person from those of Slipway, and a run that goes on from both', async () => {
    const back = { reason: 'x', epoch: 2, direction: 'back', from: 'running', to: 'rolling-back' };
    const events = [
      event('RUN', 'takenOver', back, { actor: 'ada' }),
      event('RUN', 'takenOver', back),
      event('RUN', 'takenOver', back),
      event('RUN', 'takenOver', { ...back, direction: 'forward', to: 'running' }),
    ];
    expect(await counted('slipway_rollbacks_total', events)).toEqual({ person: 1, slipway: 2 });
  });

  it('times a run from its creation to each end, and not to a pause', async () => {
    const to = (status: string, at: number) => event('RUN', 'statusChanged', { from: 'running', to: status }, { at: BEGAN + at });
    const events = [to('pausing', 500), to('paused', 900), to('running', 1000), to('failed', 2000), to('rolled-back', 5000)];
    expect(await counted('slipway_run_duration_seconds_sum', events)).toEqual({ failed: 2, 'rolled-back': 5 });
  });

  it('times a component from its rollback point to its first end', async () => {
    const at = (ms: number) => ({ at: BEGAN + ms });
    const events = [
      event('COMPONENT#a', 'rollbackPointCreated', {}, at(0)),
      event('COMPONENT#a', 'componentCompleted', {}, at(3000)),
      event('COMPONENT#a', 'componentUndone', {}, at(9000)),
      event('COMPONENT#unseen', 'componentCompleted', {}, at(9000)),
    ];
    expect(await counted('slipway_component_duration_seconds_sum', events)).toEqual({ completed: 3 });
  });
});

describe('ulidTime', () => {
  it('reads the time back', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 48 - 1 }),
        (now) =>
          ulidTime(
            ulids(
              () => now,
              () => 0,
            )(),
          ) === now,
      ),
    );
  });

  it('is not a number for what is none', () => {
    expect(ulidTime('ILOU')).toBeNaN();
  });
});
