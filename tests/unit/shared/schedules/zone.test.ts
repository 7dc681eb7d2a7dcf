import { describe, expect, it, vi } from 'vitest';
import { instantOf, isZone, localAt } from '../../../../shared/schedules/zone.ts';

const MIDSUMMER = Date.UTC(2026, 5, 21, 10, 30);

describe('a zone', () => {
  it('is one however it is spelled, and made once', () => {
    const made = vi.spyOn(Intl, 'DateTimeFormat');
    try {
      const spellings = ['Pacific/Chatham', 'PACIFIC/CHATHAM', 'pacific/chatham', 'pAcific/chAtham'];
      expect(spellings.map(isZone)).toEqual([true, true, true, true]);
      for (const zone of spellings) expect(localAt(MIDSUMMER, zone)).toMatchObject({ day: 21, hour: 23, minute: 15 });
      expect(made).toHaveBeenCalledTimes(1);
    } finally {
      made.mockRestore();
    }
  });

  it('is none of the offsets, nor anything else', () => {
    expect(['+01:00', 'Nowhere/Land', '', 'constructor'].map(isZone)).toEqual([false, false, false, false]);
  });

  it('has no instant for what its clocks are put forward over', () => {
    const time = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
    expect(instantOf(time, 'Europe/Berlin')).toBeUndefined();
    expect(instantOf({ ...time, hour: 3 }, 'europe/berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });
});
