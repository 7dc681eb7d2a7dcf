import { asHash, Checksum, type ChecksumText } from './checksum.ts';

/** Parts of the key space. The more, the likelier that a part holds one difference only, which then names its record. */
const PARTS = 256;

/** One checksum for each part of the key space. */
export class KeyParts {
  readonly #sums: Checksum[];

  constructor(from: readonly ChecksumText[] = []) {
    this.#sums = Array.from({ length: PARTS }, (_, part) => new Checksum(from[part]));
  }

  add(keyText: string, recordHash: string): void {
    this.#sums[partOf(keyText)]?.add(recordHash);
  }

  get text(): ChecksumText[] {
    return this.#sums.map((sum) => sum.text);
  }
}

/** The hashes of records that `a` holds once more than `b`, as far as a part differs by one record alone. */
export function surplus(a: readonly ChecksumText[], b: readonly ChecksumText[]): Set<string> {
  const differences = a.map((sum, part) => new Checksum(sum).minus(b[part] ?? { count: 0, sum: '0' }).text);
  return new Set(differences.filter(({ count }) => count === 1).map(asHash));
}

/** FNV-1a: cheap, and even enough for parts. */
function partOf(keyText: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < keyText.length; at += 1) hash = Math.imul(hash ^ keyText.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) & (PARTS - 1);
}
