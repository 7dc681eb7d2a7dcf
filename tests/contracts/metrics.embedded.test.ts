import { MetricsBook } from '../../adapters/embedded/metrics/metrics-book.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { metricsContract } from './metrics-contract.ts';

metricsContract('embedded', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 4, 4, 12, 0, 7));
  return { metrics: new MetricsBook({ clock }), now: () => clock.now(), close: async () => undefined };
});
