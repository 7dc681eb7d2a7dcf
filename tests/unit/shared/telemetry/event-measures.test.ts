import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import { measuresOf } from '../../../../shared/telemetry/event-measures.ts';

const RUN = '01jd2ek0v0000000000000000a';
const event = (type: RunEvent['type'], data: RunEvent['data'], item = 'COMPONENT#a'): RunEvent => ({
  ...{ type, data, item, runId: RUN, rev: 1, epoch: 1, actor: 'slipway', prev: '', hash: '' },
  at: 1_800_000_000_000,
});

describe('measuresOf', () => {
  it('tells how long a run took when it ends, and nothing of a rest', () => {
    expect(measuresOf(event('statusChanged', { to: 'succeeded' }, 'RUN'))).toEqual([
      { name: 'slipway_run_duration_seconds', value: expect.any(Number), labels: { status: 'succeeded' } },
    ]);
    for (const to of ['running', 'paused', 'rolling-back']) expect(measuresOf(event('statusChanged', { to }, 'RUN'))).toEqual([]);
  });

  it('tells what a run costs where its end says so', () => {
    const ended = event('statusChanged', { to: 'failed', usage: { costUsd: 0.25 } }, 'RUN');
    expect(measuresOf(ended).at(-1)).toEqual({ name: 'slipway_run_cost_usd', value: 0.25, labels: { status: 'failed' } });
    expect(measuresOf(event('statusChanged', { to: 'failed', usage: 'none' }, 'RUN'))).toHaveLength(1);
  });

  it('tells how repeated steps end', () => {
    const outcomes = [
      event('checkpointCreated', { step: 0, attempt: 2 }),
      event('checkpointCreated', { step: 0 }),
      event('stepFailed', { attempt: 3, gaveUp: true }),
      event('stepFailed', { attempt: 1, gaveUp: true }),
      event('stepFailed', { attempt: 2 }),
    ].map((one) => measuresOf(one).map(({ labels }) => labels?.['outcome']));
    expect(outcomes).toEqual([['succeeded'], [], ['exhausted'], [], []]);
  });
});
