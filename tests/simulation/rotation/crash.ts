/** The process died here. Nothing that it would have done later may happen. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** One invocation that dies at its n-th call of anything outside, before the call has its effect or after it. */
export class Fate {
  #calls = 0;
  #dead = false;
  readonly #at: number;
  readonly #after: boolean;
  readonly #turns: () => number;

  /** `turns`: for how many turns of others each call is late. */
  constructor(at: number, after: boolean, turns: () => number = () => 0) {
    this.#at = at;
    this.#after = after;
    this.#turns = turns;
  }

  get calls(): number {
    return this.#calls;
  }

  /** The same object, whose calls this fate counts and ends. */
  over<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const found = Reflect.get(object, name, object) as unknown;
        if (typeof found !== 'function') return found;
        return (...given: unknown[]) => this.#call(() => Reflect.apply(found, object, given) as unknown);
      },
    });
  }

  async #call(call: () => unknown): Promise<unknown> {
    for (let turns = this.#turns(); turns > 0; turns -= 1) await Promise.resolve();
    const mine = ++this.#calls;
    if (this.#dead || (mine === this.#at && !this.#after)) this.#die();
    const result = await call();
    if (mine === this.#at && this.#after) this.#die();
    return result;
  }

  #die(): never {
    this.#dead = true;
    throw new Crash('crashed');
  }
}
