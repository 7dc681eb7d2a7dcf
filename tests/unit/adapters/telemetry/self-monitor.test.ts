import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SelfMonitor } from '../../../../adapters/telemetry/self-monitor.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../../shared/telemetry/vital-signs.ts';

const started = (thresholds: Partial<Thresholds> = {}): SelfMonitor => {
  const monitor = new SelfMonitor({ ...DEFAULT_THRESHOLDS, ...thresholds });
  onTestFinished(() => monitor.close());
  // The first call sets it up.
  monitor.begin()();
  return monitor;
};

const measures = (monitor: SelfMonitor, work: () => void): string[] => {
  const end = monitor.begin();
  work();
  return end().crossed.map(({ measure }) => measure);
};

/** CPU time, ms: however busy the machine is, it passes with work alone. */
const spent = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const busy = (ms: number): void => {
  for (const before = process.cpuUsage(); spent(before) < ms; );
};

/** What others have left is not swept while something is measured, which would hide that it grows. */
const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

describe('SelfMonitor', () => {
  it('is silent below its thresholds, and counts the processor and memory of a call', () => {
    const end = started({ eventLoopMs: 60_000, gcPauseMs: 60_000, tmpShare: 1 }).begin();
    busy(20);
    const { cpuMs, rssMb, crossed } = end();
    expect(crossed).toEqual([]);
    expect(cpuMs).toBeGreaterThanOrEqual(20);
    expect(rssMb).toBeGreaterThan(10);
  });

  it('gives calls that overlap equal shares of the processor, and leaves out what is spent between calls', () => {
    const monitor = started();
    const before = process.cpuUsage();
    const ends = [monitor.begin(), monitor.begin(), monitor.begin()];
    busy(60);
    const shares = ends.map((end) => end().cpuMs);
    const whole = shares.reduce((sum, share) => sum + share, 0);
    expect(whole).toBeGreaterThanOrEqual(60);
    expect(whole).toBeLessThanOrEqual(spent(before));
    for (const share of shares) expect(share).toBeGreaterThanOrEqual(20);
    busy(60);
    expect(monitor.begin()().cpuMs).toBeLessThan(60);
  });

  it('tells of memory, handles, descriptors and temporary files above their thresholds', () => {
    const monitor = started({ heapShare: 0, handles: -1, fileDescriptors: 0, tmpShare: -1, heapGrownMb: 1 });
    collectGarbage();
    const kept: unknown[] = [];
    const crossed = measures(monitor, () => kept.push(Array.from({ length: 400_000 }, (_, at) => ({ at }))));
    expect(crossed).toEqual(expect.arrayContaining(['heapShare', 'heapGrownMb', 'handles', 'fileDescriptors', 'tmpShare']));
    expect(kept).toHaveLength(1);
  });

  it('tells of an event loop that waited', async () => {
    const monitor = started({ eventLoopMs: 30 });
    const end = monitor.begin();
    // Two looks of the histogram stand around the block: its timer, every 10 ms, goes off before one that is due later.
    await setTimeout(30);
    for (const until = performance.now() + 80; performance.now() < until; );
    await setTimeout(30);
    expect(end().crossed.map(({ measure }) => measure)).toContain('eventLoopMs');
  });

  it('tells of a sweep before the call went on to wait', async () => {
    const end = started({ gcPauseMs: 0 }).begin();
    collectGarbage();
    await setTimeout(20);
    expect(end().crossed.map(({ measure }) => measure)).toContain('gcPauseMs');
  });

  it('times connections', async () => {
    const server = createServer((_, response) => response.end('x'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const monitor = started({ connectMs: 0 });
    const end = monitor.begin();
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) =>
      get({ port, host: '127.0.0.1' }, (answer) => answer.resume().once('end', () => resolve())),
    );
    expect(end().crossed.map(({ measure }) => measure)).toContain('connectMs');
  });
});
