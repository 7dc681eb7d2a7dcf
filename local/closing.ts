/** What is to be undone at the end: the last first. */
export class Closing {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #begun = false;

  /** What fails from now on fails because of it. */
  get begun(): boolean {
    return this.#begun;
  }

  push(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Each step is taken once, also where one before it failed; the first failure is thrown. */
  async close(): Promise<void> {
    this.#begun = true;
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
