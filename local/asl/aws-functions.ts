import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';

const hashes: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const rangeLimit = 1000;

/** A JSONata sequence: an array that is unwrapped where it holds a single item, as AWS does for `$range`. */
function sequence<T>(items: T[]): T[] {
  return Object.defineProperty(items, 'sequence', { value: true, enumerable: false });
}

function partition(items: unknown, size: unknown): unknown[] | undefined {
  if (items === undefined) return undefined;
  if (!Array.isArray(items)) throw new Error('The first argument of $partition must be an array.');
  if (typeof size !== 'number' || !(size >= 1)) throw new Error('The second argument of $partition must be a positive number.');
  const step = Math.floor(size);
  return Array.from({ length: Math.ceil(items.length / step) }, (_, index) => items.slice(index * step, (index + 1) * step));
}

function range(first: unknown, last: unknown, step: unknown): number[] {
  if (typeof first !== 'number' || typeof last !== 'number' || typeof step !== 'number' || step === 0) {
    throw new Error('$range takes three numbers, and its step is not zero.');
  }
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > rangeLimit) throw new Error(`$range makes at most ${rangeLimit} items; ${count} were asked for.`);
  return sequence(Array.from({ length: count }, (_, index) => first + index * step));
}

function hash(data: unknown, algorithm: unknown): string | undefined {
  if (data === undefined) return undefined;
  const name = typeof algorithm === 'string' ? hashes[algorithm] : undefined;
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(hashes).join(', ')}, not '${String(algorithm)}'.`);
  return createHash(name)
    .update(typeof data === 'string' ? data : JSON.stringify(data), 'utf8')
    .digest('hex');
}

/** mulberry32: one number of a small seeded generator. The same seed gives the same number, though not the one that AWS gives. */
function seeded(seed: number): number {
  let mixed = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

function uuid(random: () => number): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256));
  const hex = bytes
    .map((byte, index) => (index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function shuffle(items: unknown, random: () => number): unknown {
  if (!Array.isArray(items)) return items;
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** What a JSONata function sees of the evaluation around it. */
interface Focus {
  readonly environment: { lookup(name: string): unknown };
}
type Implementation = (this: Focus, ...args: unknown[]) => unknown;

/** AWS's additions to JSONata, and its functions of time and chance bound to the ports: name, implementation. */
export function awsFunctions(clock: Clock, ids: Ids): readonly (readonly [string, Implementation])[] {
  const random = () => ids.random();
  return [
    ['partition', partition],
    ['range', range],
    ['hash', hash],
    ['parse', (text) => (text === undefined ? undefined : JSON.parse(String(text)))],
    ['random', (seed) => (typeof seed === 'number' ? seeded(seed) : random())],
    ['shuffle', (items) => shuffle(items, random)],
    ['uuid', () => uuid(random)],
    ['millis', () => clock.now()],
    [
      'now',
      function now(picture, timezone) {
        const fromMillis = this.environment.lookup('fromMillis') as { implementation: Implementation };
        return fromMillis.implementation.call(this, clock.now(), picture, timezone);
      },
    ],
  ];
}
