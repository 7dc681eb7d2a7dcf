import { describe, expect, it, vi } from 'vitest';
import { estimatingTables } from '../../../../adapters/embedded/estimating-tables.ts';
import { MemoryTables } from '../../../../adapters/memory/tables.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { Tables } from '../../../../shared/ports/tables.ts';

/** Tables that never count. */
function uncounted(records: number) {
  const inner = new MemoryTables();
  inner.create(
    't',
    ['id'],
    Array.from({ length: records }, (_, index) => ({ id: `r${index}` })),
  );
  const scan = vi.fn<Tables['scan']>((table, options) => inner.scan(table, options));
  const shape = async (table: string) => (table === 't' ? { keys: ['id'], approximateRecords: 0 } : undefined);
  const tables = {
    names: () => inner.names(),
    scan,
    shape,
    get: inner.get.bind(inner),
    write: inner.write.bind(inner),
    writeIf: inner.writeIf.bind(inner),
  };
  return { tables, scan };
}

describe('estimatingTables', () => {
  it('counts a small table', async () => {
    const { tables } = uncounted(321);
    expect(await estimatingTables(tables, new VirtualClock()).shape('t')).toEqual({ keys: ['id'], approximateRecords: 321 });
  });

  it('counts with what it is given for that', async () => {
    const { tables, scan } = uncounted(321);
    const counting = { scan: vi.fn<Tables['scan']>((table, options) => tables.scan(table, options)) };
    await estimatingTables(tables, new VirtualClock(), counting).shape('t');
    expect(counting.scan).toHaveBeenCalledTimes(scan.mock.calls.length);
  });

  it('estimates a large one from a part of it, within a few percent', async () => {
    const { tables, scan } = uncounted(40_000);
    const found = (await estimatingTables(tables, new VirtualClock()).shape('t'))?.approximateRecords ?? 0;
    expect(Math.abs(found - 40_000)).toBeLessThan(40_000 * 0.15);
    expect(scan.mock.calls.length).toBeLessThan(4);
  });

  it('keeps an estimate for a while', async () => {
    const { tables, scan } = uncounted(10);
    const clock = new VirtualClock();
    const estimating = estimatingTables(tables, clock);
    await estimating.shape('t');
    const once = scan.mock.calls.length;
    await estimating.shape('t');
    expect(scan.mock.calls.length).toBe(once);
    await clock.advanceTo(60_000);
    await estimating.shape('t');
    expect(scan.mock.calls.length).toBe(2 * once);
  });

  it('knows no table that is not there, and believes a table that counts', async () => {
    const { tables } = uncounted(1);
    const counting = { ...tables, shape: async () => ({ keys: ['id'], approximateRecords: 7 }) };
    expect(await estimatingTables(tables, new VirtualClock()).shape('other')).toBeUndefined();
    expect(await estimatingTables(counting, new VirtualClock()).shape('t')).toMatchObject({ approximateRecords: 7 });
  });
});
