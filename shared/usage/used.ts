import { NOTHING, type Priced, priceOf, type Usage } from './prices.ts';

/** What calls of functions have used for a run: of the process, and what AWS bills (embedded: would bill). */
export interface Used {
  /** CPU time, ms. */
  readonly cpuMs: number;
  /** The most that was resident in a process, MB. */
  readonly peakMb: number;
  /** Bytes over connections to the store and to services. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly billed: Partial<Usage>;
}

export const UNUSED: Used = { cpuMs: 0, peakMb: 0, sentBytes: 0, receivedBytes: 0, billed: {} };

/** What a run's own functions are billed for, in the order in which it is stored: new ones go last. */
const BILLED = [
  'dynamodbWrite',
  'dynamodbRead',
  'transition',
  'lambdaRequest',
  'lambdaGbSecond',
  'event',
  's3Put',
  's3Get',
  's3List',
  'metricAsked',
  'cloudWatchRequest',
] as const satisfies readonly Priced[];

export const together = (one: Used, other: Used): Used => ({
  cpuMs: one.cpuMs + other.cpuMs,
  peakMb: Math.max(one.peakMb, other.peakMb),
  sentBytes: one.sentBytes + other.sentBytes,
  receivedBytes: one.receivedBytes + other.receivedBytes,
  billed: Object.fromEntries(
    BILLED.flatMap((unit) => {
      const amount = (one.billed[unit] ?? 0) + (other.billed[unit] ?? 0);
      return amount === 0 ? [] : [[unit, amount]];
    }),
  ),
});

/** A list of numbers without names: it rides in every checkpoint, and DynamoDB bills by the kilobyte. */
export function storedUsed({ cpuMs, peakMb, sentBytes, receivedBytes, billed }: Used): number[] {
  const numbers = [cpuMs, peakMb, sentBytes, receivedBytes, ...BILLED.map((unit) => billed[unit] ?? 0)].map(rounded);
  return numbers.slice(0, numbers.findLastIndex((number) => number !== 0) + 1);
}

/** Of what is no such list: nothing was used. */
export function readUsed(stored: unknown): Used {
  if (!Array.isArray(stored)) return UNUSED;
  const [cpuMs = 0, peakMb = 0, sentBytes = 0, receivedBytes = 0, ...amounts] = stored.map(Number);
  const billed = Object.fromEntries(BILLED.map((unit, at) => [unit, amounts[at] ?? 0]));
  return { cpuMs, peakMb, sentBytes, receivedBytes, billed };
}

/** An estimate by list prices, USD. */
export const costOf = ({ billed }: Used): number => priceOf({ ...NOTHING, ...billed });

/** To what tells anything: a hundredth of a GB-second costs a ten-millionth of a dollar. */
const rounded = (number: number): number => Math.round(number * 1000) / 1000;
