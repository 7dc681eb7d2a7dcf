import type { Deps } from '../functions/deps.ts';
import type { LambdaHandler } from '../functions/middleware/lambda-handler.ts';
import { SlipwayError } from '../shared/errors/slipway-error.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Ids } from '../shared/ports/ids.ts';
import type { WiredFunction } from './graph/wiring.ts';

/** As Lambda says it when a function has used up its time. */
class FunctionTimedOutError extends SlipwayError {
  override readonly name = 'Sandbox.Timedout';
  override readonly code = 'FUNCTION_TIMED_OUT';
  override readonly retryable = true;

  constructor({ name, timeoutSeconds }: WiredFunction) {
    super(`${name} timed out after ${timeoutSeconds} seconds`, {
      next: 'Ask again, with the same Idempotency-Key: what was done is not done twice.',
    });
  }
}

/** The call is over, so its deadline is nobody's. */
const ENDED = Symbol('ended');

export interface FunctionHostOptions {
  readonly functions: readonly WiredFunction[];
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next'>;
  /** What a function reaches, from its own environment. */
  readonly depsOf: (wired: WiredFunction) => Deps;
  /** Stands around every call. */
  readonly around: <T>(wired: WiredFunction, call: () => Promise<T>) => Promise<T>;
}

interface Hosted {
  readonly wired: WiredFunction;
  handler?: Promise<LambdaHandler>;
}

/** Calls Slipway's own functions in this process, as Lambda would: by ARN, with a context and within their time. */
export class FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #hosted = new Map<string, Hosted>();

  constructor(options: FunctionHostOptions) {
    this.#options = options;
    for (const wired of options.functions) {
      const hosted = { wired };
      this.#hosted.set(wired.arn, hosted).set(wired.name, hosted);
    }
  }

  /** Rejects with the function's own error, or FunctionTimedOutError. */
  async invoke(arnOrName: string, event: unknown): Promise<unknown> {
    const hosted = this.#hosted.get(arnOrName);
    if (!hosted) throw new TypeError(`There is no function ${arnOrName}.`);
    hosted.handler ??= this.#load(hosted.wired);
    const handler = await hosted.handler;
    return this.#options.around(hosted.wired, () => this.#call(handler, hosted.wired, event));
  }

  async #call(handler: LambdaHandler, wired: WiredFunction, event: unknown): Promise<unknown> {
    const { clock, ids } = this.#options;
    const ends = clock.now() + wired.timeoutSeconds * 1000;
    const timer = new AbortController();
    const late = clock.sleep(wired.timeoutSeconds * 1000, timer.signal).then(() => {
      throw new FunctionTimedOutError(wired);
    });
    const context = {
      awsRequestId: ids.next(),
      functionName: wired.name,
      memoryLimitInMB: String(wired.memoryMb),
      getRemainingTimeInMillis: () => Math.max(0, ends - clock.now()),
    };
    try {
      return await Promise.race([handler(event, context), late]);
    } finally {
      timer.abort(ENDED);
      late.catch(() => undefined);
    }
  }

  async #load(wired: WiredFunction): Promise<LambdaHandler> {
    const module: { create(deps: Deps): LambdaHandler } = await import(
      /* @vite-ignore */ new URL(`../functions/${wired.name}/index.ts`, import.meta.url).href
    );
    return module.create(this.#options.depsOf(wired));
  }
}
