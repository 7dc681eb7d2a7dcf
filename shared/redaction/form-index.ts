/** No form of a secret is shorter. */
const BEGIN = 4;
const HASHES = 2 ** 16;

/**
 * Finds which of many texts stand within another, in one pass over that: a process that lives for months reads secret after secret, and
 * hides them in every line and answer. Texts are at least four characters long.
 */
export class FormIndex {
  readonly #byBegin = new Map<string, Set<string>>();
  /** Whether any begins with characters of this hash: most places of a text are done with here. */
  readonly #begins = new Uint8Array(HASHES);

  add(form: string): void {
    const begin = form.slice(0, BEGIN);
    const alike = this.#byBegin.get(begin);
    if (alike) alike.add(form);
    else this.#byBegin.set(begin, new Set([form]));
    let hash = 0;
    for (let at = 0; at < BEGIN; at += 1) hash = passed(hash, begin.charCodeAt(at));
    this.#begins[hash] = 1;
  }

  /** Those that the text holds. */
  in(text: string): string[] {
    const found = new Set<string>();
    if (this.#byBegin.size === 0) return [];
    let hash = 0;
    for (let end = 1; end <= text.length; end += 1) {
      hash = passed(hash, text.charCodeAt(end - 1));
      if (this.#begins[hash] === 0 || end < BEGIN) continue;
      const at = end - BEGIN;
      for (const form of this.#byBegin.get(text.slice(at, end)) ?? []) if (text.startsWith(form, at)) found.add(form);
    }
    return [...found];
  }
}

/** The hash of the last four characters: each one moves those before it by a quarter, and the fifth out. */
const passed = (hash: number, code: number): number => ((hash << 4) ^ code) & (HASHES - 1);
