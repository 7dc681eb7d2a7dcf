/** `count` bytes of the platform's cryptographic generator. */
export type RandomBytes = (count: number) => Uint8Array;

/** How a value is made: every class that is named is in it at least once, and no character of `exclude`. */
export interface ValueRule {
  readonly length: number;
  readonly classes: readonly ('lower' | 'upper' | 'digit' | 'symbol')[];
  readonly exclude: string;
  /** In front of it, as some API keys have it; not counted in `length`. */
  readonly prefix: string;
}

const CLASSES: Readonly<Record<ValueRule['classes'][number], string>> = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digit: '0123456789',
  symbol: '!#$%&()*+,-.:;<=>?[]^_{|}~',
};

/** 32 letters and digits (190 bits) with nothing that a shell, a URL or SQL reads in its own way. */
export const DEFAULT_RULE: ValueRule = { length: 32, classes: ['lower', 'upper', 'digit'], exclude: '', prefix: '' };

/** Uniform over all values that fit the rule: the whole is drawn again until every class is there. Throws RangeError where none can fit. */
export function makeValue(rule: ValueRule, random: RandomBytes): string {
  if (!canFit(rule)) {
    throw new RangeError('No value fits the rule: at least 8 characters, and something left of every class that is named.');
  }
  const sets = setsOf(rule);
  const alphabet = sets.flat();
  for (;;) {
    const drawn = Array.from({ length: rule.length }, () => pick(alphabet, random));
    if (sets.every((set) => drawn.some((character) => set.includes(character)))) return rule.prefix + drawn.join('');
  }
}

/** Whether any value fits the rule. */
export const canFit = (rule: ValueRule): boolean =>
  rule.classes.length > 0 && setsOf(rule).every((set) => set.length > 0) && rule.length >= Math.max(8, rule.classes.length);

const setsOf = ({ classes, exclude }: ValueRule): string[][] =>
  classes.map((name) => [...CLASSES[name]].filter((character) => !exclude.includes(character)));

/** A byte beyond the last whole multiple is thrown away: a remainder alone would favour the first characters. */
function pick(alphabet: readonly string[], random: RandomBytes): string {
  const bound = 256 - (256 % alphabet.length);
  for (;;) {
    const byte = random(1)[0] ?? 256;
    if (byte < bound) return alphabet[byte % alphabet.length] as string;
  }
}
