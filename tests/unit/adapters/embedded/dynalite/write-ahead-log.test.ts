import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenRecord } from '../../../../../adapters/embedded/dynalite/write-ahead-log.ts';

/** A log that LevelDB wrote, of several blocks, with records that span them. */
const realLog = async (): Promise<Buffer> => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-log-'));
  const database = new ClassicLevel<string, string>(directory);
  for (let at = 0; at < 40; at++) await database.put(`key-${at}`, `${at}`.repeat(at * 97));
  await database.put('long', 'x'.repeat(100_000));
  await database.close();
  const log = readFileSync(join(directory, readdirSync(directory).find((name) => name.endsWith('.log')) ?? ''));
  rmSync(directory, { recursive: true });
  return log;
};

describe('brokenRecord', () => {
  it('finds nothing wrong with what LevelDB wrote, wherever a kill cuts it off', async () => {
    const log = await realLog();
    expect(brokenRecord(log)).toBeUndefined();
    expect(brokenRecord(new Uint8Array())).toBeUndefined();
    fc.assert(fc.property(fc.nat(log.length), (end) => brokenRecord(log.subarray(0, end)) === undefined));
  });

  it('allows space that was never written to', async () => {
    const log = await realLog();
    expect(brokenRecord(Buffer.concat([log, Buffer.alloc(40_000)]))).toBeUndefined();
  });

  it('finds any flipped bit before the last record', async () => {
    const log = await realLog();
    fc.assert(
      fc.property(fc.nat(60_000), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const damaged = Buffer.from(log);
        damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
        const found = brokenRecord(damaged);
        expect(found).toBeDefined();
        expect(found).toBeLessThanOrEqual(at);
      }),
    );
  });
});
