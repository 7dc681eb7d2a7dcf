export interface SlipwayErrorOptions {
  /** What the person does next, as a sentence or a command. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** The base of every error that crosses a boundary: a stable `code`, whether a retry can help, and the next action. */
export abstract class SlipwayError extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
  readonly retryable: boolean = false;
  readonly next: string | undefined;

  constructor(message: string, options: SlipwayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.next = options.next;
  }
}
