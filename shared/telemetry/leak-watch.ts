/** Calls of which the least figure counts: what is swept or closed late does not look like growth. */
const CALLS = 16;
/** So many least figures in a row, each above the one before. */
const RISES = 6;

/**
 * Finds what grows from call to call and never comes back. A cache that fills up grows too, so growth counts only beyond `grows`, in
 * the measure's own unit.
 */
export class LeakWatch {
  readonly #grows: number;
  readonly #least: number[] = [];
  #calls = 0;
  #low = Number.POSITIVE_INFINITY;

  constructor(grows: number) {
    this.#grows = grows;
  }

  /** Answers by how much the figure has grown, at the call at which that is suspicious; then it begins anew. */
  take(figure: number): number | undefined {
    this.#low = Math.min(this.#low, figure);
    this.#calls += 1;
    if (this.#calls < CALLS) return undefined;
    const before = this.#least.at(-1);
    if (before !== undefined && this.#low <= before) this.#least.length = 0;
    this.#least.push(this.#low);
    this.#calls = 0;
    this.#low = Number.POSITIVE_INFINITY;
    const grown = (this.#least.at(-1) ?? 0) - (this.#least[0] ?? 0);
    if (this.#least.length <= RISES || grown < this.#grows) return undefined;
    this.#least.length = 0;
    return grown;
  }
}
