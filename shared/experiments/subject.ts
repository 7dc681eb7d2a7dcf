import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Item, Key } from '../ports/store.ts';
import type { KeptExperiment } from './experiment.ts';

/** Partitions of an experiment: a table takes a thousand writes a second in each. */
export const SHARDS = 16;
/** What is kept of one subject; what it does after that does not count, for either side. */
const MOST_DEEDS = 100;

/** What a subject did: the event, when (epoch ms), and its value. */
const deed = z.tuple([z.string(), z.number(), z.number()]);
export type Deed = z.output<typeof deed>;

/** One key in an experiment. It has a cohort from its first recorded exposure on, and keeps it. */
export const subject = z.object({
  cohort: z.string().optional(),
  exposedAt: z.number().optional(),
  /** It was shown the other variation later on. */
  moved: z.boolean().default(false),
  did: z.array(deed).default([]),
});
export type Subject = z.output<typeof subject>;

export const readSubject = (item: Item): Subject => subject.parse(item);

/** Nobody's key is stored: a hash of it, salted by the experiment, stands for it. */
export function subjectKey({ id, sample }: Pick<KeptExperiment, 'id' | 'sample'>, key: string): Key | undefined {
  const hash = createHmac('sha256', id).update(key).digest();
  // Other bytes than those of the shard: a sample has all shards.
  if (hash.readUInt32BE(4) / 2 ** 32 >= sample) return undefined;
  return { pk: shardKey(id, hash.readUInt8(0) % SHARDS), sk: hash.toString('base64url', 0, 16) };
}

export const shardKey = (id: string, shard: number): string => `EXPERIMENT#${id}#${shard.toString(16)}`;

/** What is new of one subject. */
export interface News {
  readonly exposures: readonly { readonly variation: string; readonly at: number }[];
  readonly did: readonly Deed[];
}

/** The subject with what is new; undefined: nothing is. The first cohort stays, and what is told twice counts once. */
export function withNews(before: Subject | undefined, { exposures, did }: News): Subject | undefined {
  const known = before?.did ?? [];
  const seen = new Set(known.map((one) => JSON.stringify(one)));
  const fresh = did.filter((one) => !seen.has(JSON.stringify(one)) && seen.add(JSON.stringify(one)));
  const all = [...known, ...fresh].slice(0, MOST_DEEDS);
  const [first] = [...exposures].sort((one, other) => one.at - other.at);
  const cohort = before?.cohort ?? first?.variation;
  const exposedAt = before?.exposedAt ?? first?.at;
  const moved = (before?.moved ?? false) || exposures.some(({ variation }) => variation !== cohort);
  const isNew = all.length > known.length || cohort !== before?.cohort || moved !== (before?.moved ?? false);
  if (!isNew) return undefined;
  return { ...(cohort === undefined ? {} : { cohort }), ...(exposedAt === undefined ? {} : { exposedAt }), moved, did: all };
}

export const isFull = ({ did }: Subject): boolean => did.length >= MOST_DEEDS;
