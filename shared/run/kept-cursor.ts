import { createHash } from 'node:crypto';
import { CursorUnknownError } from '../errors/store-errors.ts';
import { cursorOf, LONGEST_CURSOR, type Told, toldIn } from './event-cursor.ts';
import { commit, type JournalDeps } from './journal.ts';
import { cursorKey } from './keys.ts';

/** A cursor that is not used for so long is none any more, s. */
const KEPT_S = 24 * 3600;
const MARK = '~';
const KEPT = /^~([\w-]{43})$/;

/**
 * A cursor that fits into a URL whatever the run's size: where what was told takes more, it is kept under its own hash, and that is the cursor.
 * `since` is the one that was asked with, which is there already.
 */
export async function keptCursorOf(deps: JournalDeps, runId: string, told: Told, since: string | undefined): Promise<string> {
  const whole = cursorOf(told);
  if (whole.length <= LONGEST_CURSOR) return whole;
  const name = createHash('sha256').update(whole).digest('base64url');
  if (since !== `${MARK}${name}`) await keep(deps, runId, name, whole);
  return `${MARK}${name}`;
}

/** Throws CursorUnknownError. */
export async function keptToldIn(deps: JournalDeps, runId: string, cursor: string | undefined): Promise<Told> {
  if (!cursor?.startsWith(MARK)) return toldIn(cursor);
  const [, name] = KEPT.exec(cursor) ?? [];
  if (name === undefined) throw new CursorUnknownError();
  const item = await deps.store.read(cursorKey(runId, name));
  const told = item?.['told'];
  if (typeof told !== 'string') throw new CursorUnknownError();
  // Whoever goes on asking where nothing happens keeps it.
  if (Number(item?.['expiresAt']) - deps.clock.now() / 1000 < KEPT_S / 2) await keep(deps, runId, name, told);
  return toldIn(told);
}

async function keep(deps: JournalDeps, runId: string, name: string, told: string): Promise<void> {
  const set = { told, expiresAt: Math.ceil(deps.clock.now() / 1000) + KEPT_S, schemaVersion: 1 };
  await commit(deps, { name: 'cursor.keep', key: cursorKey(runId, name), set, when: [] });
}
