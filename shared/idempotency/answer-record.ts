import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Item, Key, Value, Write } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { readable } from '../run/run-state.ts';
import { AnswerLostError, KeyReusedError, UnderWayError } from './idempotency-errors.ts';

/** An answer as it is given again. */
const answer = z.object({ statusCode: z.number(), body: z.string() });
export type Answer = z.output<typeof answer>;

const record = z.object({
  /** Hash of what was asked. */
  payload: z.string(),
  state: z.enum(['under-way', 'done']),
  /** Of the attempt that may answer: a later one takes the call over. */
  epoch: z.number(),
  /** Epoch ms after which the attempt is dead. */
  deadline: z.number(),
  /** Absent of what is done: it was too long. */
  answer: answer.optional(),
  /** Epoch s; for cleaning up. */
  expiresAt: z.number(),
});

/** One call, however often it is sent. */
export interface KeyedCall {
  readonly actor: string;
  /** What the caller named it. */
  readonly key: string;
  /** All that makes it this call and no other. */
  readonly payload: string;
  /** Epoch ms at which whoever carries it out now is dead. */
  readonly deadline: number;
}

/** Answers are given again for a day. */
const KEPT_MS = 24 * 3600 * 1000;
/** Of an item's 400 KB. */
const LONGEST_ANSWER = 300 * 1024;
/** How far clocks may be apart, ms. */
const MARGIN_MS = 2000;
const RIVALS = 10;

/** `kept`: the body that is given again, where it is not the one that is given now. */
export type Performed = Answer & { readonly kept?: string };

export type Outcome = { readonly answer: Answer; readonly replayed: boolean };

/**
 * Carries a call out once for its key: sent again, it gets the same answer. Where whoever carried it out died, the next takes it
 * over after the deadline, under an epoch of its own, and what the dead one still says is refused. A call that throws has done
 * nothing, so that it may be sent again. Throws KeyReusedError, UnderWayError and AnswerLostError.
 */
export async function answerOnce(deps: JournalDeps, call: KeyedCall, perform: () => Promise<Performed>): Promise<Outcome> {
  const begun = await begin(deps, call);
  if ('answer' in begun) return { answer: begun.answer, replayed: true };
  const { key, epoch } = begun;
  let made: Performed;
  try {
    made = await perform();
  } catch (error) {
    await commit(deps, under('idempotency.release', key, epoch, { deadline: 0 })).catch(() => undefined);
    throw error;
  }
  const { kept, ...answer } = made;
  const again = { ...answer, body: kept ?? answer.body };
  const fits = Buffer.byteLength(again.body) <= LONGEST_ANSWER;
  const done = { state: 'done', ...(fits ? { answer: again } : {}) };
  const finished = await commit(deps, under('idempotency.finish', key, epoch, done));
  if (!finished.applied) throw underWay(deps, call, Number(finished.current?.['deadline'] ?? 0));
  return { answer, replayed: false };
}

type Begun = { readonly key: Key; readonly epoch: number } | { readonly answer: Answer };

async function begin(deps: JournalDeps, call: KeyedCall): Promise<Begun> {
  const key: Key = { pk: `IDEMPOTENCY#${encodeURIComponent(call.actor)}#${call.key}`, sk: 'ANSWER' };
  const payload = createHash('sha256').update(call.payload).digest('base64url');
  for (let rivals = 0, found: Item | undefined; rivals < RIVALS; rivals += 1) {
    const epoch = Number(found?.['epoch'] ?? 0) + 1;
    const claimed = await commit(deps, claim(deps, key, { epoch, payload, deadline: call.deadline }));
    if (claimed.applied) return { key, epoch };
    found = claimed.current;
    const known = found && standing(deps, call, found, payload);
    if (known) return { answer: known };
  }
  throw underWay(deps, call, call.deadline);
}

/** What an item says of the call; undefined: it may be taken over. */
function standing(deps: JournalDeps, call: KeyedCall, item: Item, payload: string): Answer | undefined {
  const { state, deadline, answer: kept, payload: asked, expiresAt } = record.parse(readable(item));
  const now = deps.clock.now();
  if (expiresAt * 1000 <= now) return undefined;
  if (asked !== payload) {
    throw new KeyReusedError(`The key ${call.key} was sent with another call.`, {
      next: 'Send each call with a key of its own.',
    });
  }
  if (state === 'under-way') {
    if (now > deadline + MARGIN_MS || deadline === 0) return undefined;
    throw underWay(deps, call, deadline);
  }
  if (kept) return kept;
  throw new AnswerLostError(`The call ${call.key} was carried out; its answer was too long to be kept.`, {
    next: 'Read what it did: it need not be sent again.',
  });
}

function underWay(deps: JournalDeps, call: KeyedCall, deadline: number): UnderWayError {
  const seconds = Math.max(1, Math.ceil((deadline + MARGIN_MS - deps.clock.now()) / 1000));
  return new UnderWayError(`The call ${call.key} is being carried out.`, Math.min(seconds, 5), {
    next: 'Send it again, with the same key, in a few seconds.',
  });
}

interface Claim {
  readonly epoch: number;
  readonly payload: string;
  readonly deadline: number;
}

/** Takes a key that is free, or that of a dead attempt: nobody may have come between. */
const claim = ({ clock }: JournalDeps, key: Key, { epoch, ...set }: Claim): Write => ({
  name: epoch === 1 ? 'idempotency.begin' : 'idempotency.take-over',
  key,
  set: { ...set, epoch, state: 'under-way', expiresAt: Math.ceil((clock.now() + KEPT_MS) / 1000), schemaVersion: 1 },
  remove: ['answer'],
  when: [epoch === 1 ? { test: 'absent', attribute: 'epoch' } : { test: 'equals', attribute: 'epoch', value: epoch - 1 }],
});

const under = (name: string, key: Key, epoch: number, set: Readonly<Record<string, Value>>): Write => ({
  name,
  key,
  set,
  when: [
    { test: 'equals', attribute: 'epoch', value: epoch },
    { test: 'equals', attribute: 'state', value: 'under-way' },
  ],
});
