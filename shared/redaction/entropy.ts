import { REDACTED } from './secret-name.ts';

/** Shannon's entropy of the characters of a text, bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Runs of at least 16 characters of which keys are made. */
const RUN = /[A-Za-z0-9+/=_-]{16,}/g;
/** Words and numbers lie below, random letters and digits above; hex of 32 digits has about 3.6. */
const RANDOM = 3.3;

/** A text of a field that is declared to hold what may be a key: what looks random is taken out, whatever its format. */
export const redactRandom = (text: string): string => text.replace(RUN, (run) => (entropyOf(run) >= RANDOM ? REDACTED : run));
