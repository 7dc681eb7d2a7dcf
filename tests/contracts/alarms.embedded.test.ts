import { AlarmBook } from '../../adapters/embedded/metrics/alarm-book.ts';
import { MetricsBook } from '../../adapters/embedded/metrics/metrics-book.ts';
import { MemoryAlarmShelf } from '../../adapters/memory/alarm-shelf.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { alarmsContract } from './alarms-contract.ts';

alarmsContract('embedded', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 4, 4, 12));
  const alarms = await AlarmBook.open({
    metrics: new MetricsBook({ clock }),
    shelf: new MemoryAlarmShelf(),
    clock,
    onAlarm: async () => undefined,
    onFault: (error) => {
      throw error;
    },
  });
  return { alarms, close: async () => undefined };
});
