/**
 * Values in the order of their times, in three columns: 24 bytes each. Those that came late find their place; the same value
 * at the same time, one after the other, is counted.
 */
export class ValueLog {
  #times: number[] = [];
  #values: number[] = [];
  #counts: number[] = [];
  /** What lies before it has been dropped. */
  #first = 0;

  get length(): number {
    return this.#times.length - this.#first;
  }

  get newest(): number | undefined {
    return this.length === 0 ? undefined : this.#times.at(-1);
  }

  add(at: number, value: number, count: number): void {
    const place = this.#after(at);
    if (place > this.#first && this.#times[place - 1] === at && this.#values[place - 1] === value) {
      this.#counts[place - 1] = (this.#counts[place - 1] ?? 0) + count;
    } else if (place === this.#times.length) {
      this.#times.push(at);
      this.#values.push(value);
      this.#counts.push(count);
    } else {
      this.#times.splice(place, 0, at);
      this.#values.splice(place, 0, value);
      this.#counts.splice(place, 0, count);
    }
  }

  /** From `from` up to and without `to`, oldest first. */
  visit(from: number, to: number, each: (at: number, value: number, count: number) => void): void {
    const end = this.#after(to - 1);
    for (let place = this.#after(from - 1); place < end; place++) {
      each(this.#times[place] ?? 0, this.#values[place] ?? 0, this.#counts[place] ?? 0);
    }
  }

  dropBefore(at: number): void {
    this.drop(this.#after(at - 1) - this.#first);
  }

  /** The oldest so many. */
  drop(count: number): void {
    this.#first = Math.min(this.#first + count, this.#times.length);
    if (this.#first < this.#times.length / 2) return;
    this.#times = this.#times.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#counts = this.#counts.slice(this.#first);
    this.#first = 0;
  }

  /** The first place that is later; times are whole ms. */
  #after(at: number): number {
    let [low, high] = [this.#first, this.#times.length];
    // Most come in order.
    if (high > low && (this.#times[high - 1] ?? 0) <= at) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
