import { TimerScheduler } from '../../adapters/embedded/timer-scheduler.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { schedulerContract } from './scheduler-contract.ts';

schedulerContract('embedded timers', async () => {
  const scheduler = new TimerScheduler({ clock: new VirtualClock(), ids: { random: () => 0 }, fire: async () => {} });
  return {
    scheduler,
    timers: async () =>
      Object.fromEntries(scheduler.timers().map(({ environment, name, expression }) => [`${environment}.${name}`, expression])),
    close: () => scheduler.close(),
  };
});
