/** LevelDB's log format (leveldb/doc/log_format.md): blocks of 32 KB hold records of checksum, length, type and data. */
const BLOCK = 32 * 1024;
const HEADER = 7;
const MASK = 0xa282ead8;

/**
 * The offset of the first broken record of a log, undefined where there is none. A record that the end of the file cuts off is
 * none: a killed process leaves one, and nobody was told that it was written. LevelDB itself drops broken records silently.
 */
export const brokenRecord = (log: Uint8Array): number | undefined => {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  let at = 0;
  while (at + HEADER <= log.length) {
    const left = BLOCK - (at % BLOCK);
    if (left < HEADER) {
      at += left;
      continue;
    }
    const length = view.getUint16(at + 4, true);
    const type = log[at + 6] ?? 0;
    const end = at + HEADER + length;
    if (type === 0 && length === 0) {
      // Space that was set aside and never written to.
      if (log.subarray(at, at + left).some((byte) => byte !== 0)) return at;
      at += left;
      continue;
    }
    if (HEADER + length > left) return at;
    if (end > log.length) return undefined;
    if (view.getUint32(at, true) !== masked(crc32c(log, at + 6, end))) return at;
    at = end;
  }
  return undefined;
};

const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;

/** Castagnoli's polynomial, reflected. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

const crc32c = (bytes: Uint8Array, from: number, to: number): number => {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
};
