import { describe, expect, it } from 'vitest';
import { MetricsBook } from '../../../adapters/embedded/metrics/metrics-book.ts';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { Meter } from '../../../bench/meter.ts';
import { meteredCloudWatch } from '../../../bench/metered-cloudwatch.ts';

const HOUR = 3_600_000;
const series = (metric: string) => ({ namespace: 'Slipway', metric, dimensions: { variation: 'on' } });
const question = (metric: string, statistic: string) => ({ ...series(metric), statistic });

async function bed() {
  const clock = new VirtualClock(100 * HOUR);
  const book = new MetricsBook({ clock });
  const meter = new Meter('control');
  await book.put([{ ...series('Errors'), at: clock.now() - 60_000, values: [7] }]);
  return { now: clock.now(), meter, metrics: meteredCloudWatch(book, clock, meter) };
}

describe('the metered CloudWatch', () => {
  it('answers what the embedded plane knows', async () => {
    const { now, metrics } = await bed();
    const range = { from: now - 120_000, to: now, periodMs: 60_000 };
    expect(await metrics.figures([question('Errors', 'Sum'), question('Requests', 'Sum')], range)).toEqual([
      [{ at: now - 60_000, value: 7 }],
      [],
    ]);
  });

  it('charges a series once for up to five statistics, and anew in every request', async () => {
    const { now, meter, metrics } = await bed();
    const range = { from: now - 120_000, to: now, periodMs: 60_000 };
    const statistics = ['Sum', 'SampleCount', 'p95', 'Minimum', 'Maximum'];
    const five = statistics.map((statistic) => question('Errors', statistic));
    await metrics.figures([...five, question('Requests', 'Sum')], range);
    expect([meter.control.metricAsked, meter.metricRequests]).toEqual([2, 1]);
    await metrics.figures([...five, question('Errors', 'Average')], range);
    expect([meter.control.metricAsked, meter.metricRequests]).toEqual([4, 2]);
  });

  it('charges a range that CloudWatch answers in two parts twice', async () => {
    const { now, meter, metrics } = await bed();
    await metrics.figures([question('Errors', 'Sum')], { from: now - 5 * HOUR, to: now, periodMs: 10_000 });
    expect([meter.control.metricAsked, meter.metricRequests]).toEqual([2, 2]);
  });
});
