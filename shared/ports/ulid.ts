const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/**
 * Makes ULIDs in lower case: 48 bits of time, then 80 of randomness, in Crockford's base 32 (github.com/ulid/spec).
 * Within a millisecond, and when the clock steps back, the next is the last plus one, so they never sort wrongly.
 * `now` in epoch ms; `digit` gives a random whole number in [0, 32).
 */
export const ulids = (now: () => number, digit: () => number): (() => string) => {
  let time = -1;
  let digits: number[] = [];
  return () => {
    const at = now();
    if (at > time) {
      time = at;
      digits = Array.from({ length: RANDOM_CHARACTERS }, digit);
    } else if (!increment(digits)) {
      time += 1;
    }
    return timeText(time) + digits.map((value) => ALPHABET.charAt(value)).join('');
  };
};

/** False when it wrapped around to zero. */
const increment = (digits: number[]): boolean => {
  for (let at = digits.length - 1; at >= 0; at--) {
    const next = ((digits[at] ?? 0) + 1) % ALPHABET.length;
    digits[at] = next;
    if (next !== 0) return true;
  }
  return false;
};

const timeText = (time: number): string => {
  let text = '';
  for (let rest = time, at = 0; at < TIME_CHARACTERS; at++, rest = Math.floor(rest / ALPHABET.length)) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
  }
  return text;
};

/** The time in a ULID, epoch ms; NaN for what is none. */
export const ulidTime = (ulid: string): number =>
  [...ulid.slice(0, TIME_CHARACTERS)].reduce((time, character) => {
    const digit = ALPHABET.indexOf(character);
    return digit === -1 ? Number.NaN : time * ALPHABET.length + digit;
  }, 0);
