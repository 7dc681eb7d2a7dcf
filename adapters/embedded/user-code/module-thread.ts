import { Worker } from 'node:worker_threads';
import { PreparationError, UserCodeTimeoutError } from '../../../shared/errors/run-errors.ts';
import { UserCodeLostError, UserCodeNotStartedError, UserFunctionError } from '../../../shared/errors/user-code-errors.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Value } from '../../../shared/ports/store.ts';
import type { TaskInput, TaskMethod } from '../../../shared/ports/user-code.ts';
import type { Exports, Reply, Request, UserLine } from './messages.ts';

/** Timers hold at most 2^31 - 1 ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Listeners {
  readonly onLine: (line: UserLine) => void;
  /** No call is under way any more. */
  readonly onRest: () => void;
}

interface Pending {
  /** `./tasks.ts#resize forward`, for errors. */
  readonly what: string;
  readonly deadline: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (value: Value | Exports) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One module of user code in a thread of its own; several calls at once. At a call's deadline the thread is ended, which
 * ends loops too; every other call in it then rejects with UserCodeLostError. Nothing is answered before the thread is dead.
 */
export class ModuleThread {
  readonly #worker: Worker;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pending = new Map<number, Pending>();
  readonly #onRest: () => void;
  readonly #gone = Promise.withResolvers<void>();
  #last = 0;
  #retired = false;
  #crash: unknown;
  #unloadable: Error | undefined;

  constructor(file: string, clock: Pick<Clock, 'now'>, { onLine, onRest }: Listeners) {
    this.#clock = clock;
    this.#onRest = onRest;
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { file }, name: `user code ${file}` });
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => {
      if ('log' in reply) onLine(reply.log);
      else if ('unloadable' in reply) this.#unloadable = new UserFunctionError(`Loading ${file}`, reply.unloadable);
      else this.#settle(reply);
    });
    this.#worker.on('error', (error) => {
      this.#crash = error;
    });
    this.#worker.on('exit', () => this.#end());
  }

  /** False once it is ending: make another. */
  get alive(): boolean {
    return !this.#retired;
  }

  /** A call is under way. */
  get busy(): boolean {
    return this.#pending.size > 0;
  }

  /** Resolves once the thread is dead. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  describe(what: string, deadline: number): Promise<Exports> {
    return this.#ask(what, deadline, (id) => ({ id, ask: 'describe' })) as Promise<Exports>;
  }

  call(what: string, exported: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    return this.#ask(what, deadline, (id) => ({ id, ask: 'call', exported, method, input, deadline })) as Promise<Value>;
  }

  /** Lets the calls under way end, then ends the thread. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) void this.#worker.terminate();
  }

  /** Ends the thread now, and resolves once it is dead. */
  async close(): Promise<void> {
    this.#retired = true;
    await this.#worker.terminate();
    await this.#gone.promise;
  }

  #ask(what: string, deadline: number, build: (id: number) => Request): Promise<Value | Exports> {
    const left = deadline - this.#clock.now();
    if (left <= 0) return Promise.reject(tooLate(what));
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<Value | Exports>();
    const timer = setTimeout(() => void this.close(), Math.min(left, LONGEST_TIMER));
    if (this.#pending.size === 0) this.#worker.ref();
    this.#pending.set(id, { what, deadline, timer, resolve, reject });
    this.#worker.postMessage(build(id));
    return promise;
  }

  #settle(reply: Exclude<Reply, { log: UserLine } | { unloadable: unknown }>): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#drop(reply.id, pending);
    if ('output' in reply) pending.resolve(JSON.parse(reply.output) as Value);
    else if ('exports' in reply) pending.resolve(reply.exports);
    else if ('thrown' in reply) pending.reject(new UserFunctionError(pending.what, reply.thrown));
    else if ('late' in reply) pending.reject(tooLate(pending.what));
    else pending.reject(missing(pending.what, reply.missing));
    if (this.#pending.size > 0) return;
    if (this.#retired) {
      void this.#worker.terminate();
      return;
    }
    this.#worker.unref();
    this.#onRest();
  }

  #end(): void {
    this.#retired = true;
    for (const [id, pending] of this.#pending) {
      this.#drop(id, pending);
      pending.reject(this.#unloadable ?? this.#lost(pending));
    }
    this.#gone.resolve();
  }

  #lost({ what, deadline }: Pending): Error {
    if (this.#clock.now() >= deadline) {
      return new UserCodeTimeoutError(`${what} was ended at its deadline`, {
        next: 'Give the component a longer `timeout`, or let the function stop when its signal is aborted.',
      });
    }
    const why = this.#crash === undefined ? '' : `: ${this.#crash instanceof Error ? this.#crash.message : String(this.#crash)}`;
    return new UserCodeLostError(`${what} ended with its thread${why}`, {
      next: 'See the errors beside this one: another call of the same file reached its deadline, or the file ended its thread.',
      ...(this.#crash === undefined ? {} : { cause: this.#crash }),
    });
  }

  #drop(id: number, pending: Pending): void {
    clearTimeout(pending.timer);
    this.#pending.delete(id);
  }
}

const tooLate = (what: string): UserCodeNotStartedError =>
  new UserCodeNotStartedError(`${what} was not started: its deadline had passed`, {
    next: 'Give the component a longer `timeout`.',
  });

const missing = (what: string, part: 'export' | 'method'): PreparationError =>
  new PreparationError(`${what}: there is no such ${part}`, { next: 'Check the file, or the reference in the plan.' });
