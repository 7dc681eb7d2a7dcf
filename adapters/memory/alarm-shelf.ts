import type { AlarmShelf, KeptAlarm } from '../embedded/metrics/kept-alarm.ts';

/** Keeps alarms as long as it lives, for simulation and tests. */
export class MemoryAlarmShelf implements AlarmShelf {
  #alarms: readonly KeptAlarm[] = [];

  async read(): Promise<readonly KeptAlarm[]> {
    return structuredClone(this.#alarms);
  }

  async write(alarms: readonly KeptAlarm[]): Promise<void> {
    this.#alarms = structuredClone(alarms);
  }
}
