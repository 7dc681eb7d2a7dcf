import type { Value } from '../../../shared/ports/store.ts';
import { within } from '../deadline.ts';
import { HeartbeatTimeoutError, ReportedError, TimeoutError } from '../errors.ts';
import type { Answer, Memo } from '../records.ts';
import type { Callback } from '../services.ts';
import type { Visit } from '../visit.ts';
import type { TaskLimits } from './events.ts';

type Call = NonNullable<Memo['call']>;

export interface Submission {
  readonly submit: (signal: AbortSignal) => Promise<Value>;
  /** Records that the submission was acknowledged. */
  readonly submitted: (output: Value) => void;
}

/** Hands a task its token and waits for the answer, which may come before the submission has ended, or after a crash. */
export async function awaitCallback(visit: Visit, token: string, limits: TaskLimits, submission: Submission): Promise<Value> {
  const { clock, callbacks } = visit.services;
  const call = visit.memo.call ?? begin(visit, token, limits);
  const waiting = new Waiting(visit, limits);
  callbacks.set(token, waiting);
  try {
    await visit.commit();
    if (call.answer !== undefined) return unwrap(call.answer);
    const due = () =>
      Math.min(current(visit).deadline ?? Number.POSITIVE_INFINITY, current(visit).beatBy ?? Number.POSITIVE_INFINITY);
    const limited = due() === Number.POSITIVE_INFINITY ? {} : { due };
    const answer = await within({ clock, signal: visit.signal, ...limited, expired: () => waiting.expire() }, async (signal) => {
      const handed = call.submitted ? Promise.resolve() : handOver(visit, submission, waiting, signal);
      return await Promise.race([waiting.answered, handed.then(() => waiting.answered)]);
    });
    return unwrap(answer);
  } finally {
    waiting.settled = true;
    callbacks.delete(token);
  }
}

function begin(visit: Visit, token: string, { timeoutSeconds, heartbeatSeconds }: TaskLimits): Call {
  const now = visit.services.clock.now();
  const call: Call = {
    token,
    submitted: false,
    ...(timeoutSeconds === undefined ? {} : { deadline: now + timeoutSeconds * 1000 }),
    ...(heartbeatSeconds === undefined ? {} : { beatBy: now + heartbeatSeconds * 1000 }),
  };
  visit.save({ memo: { ...visit.memo, call } });
  return call;
}

function current(visit: Visit): Call {
  const { call } = visit.memo;
  if (call === undefined) throw new Error(`The state '${visit.name}' waits for no token.`);
  return call;
}

function remember(visit: Visit, change: Partial<Call>): void {
  visit.save({ memo: { ...visit.memo, call: { ...current(visit), ...change } } });
}

async function handOver(visit: Visit, { submit, submitted }: Submission, waiting: Waiting, signal: AbortSignal): Promise<void> {
  const output = await submit(signal);
  // Answered while it was handed over: the execution has left the state by now.
  if (waiting.settled) return;
  submitted(output);
  remember(visit, { submitted: true });
  // Written at once: the answer may take days, and a crash in between must not ask twice.
  await visit.commit();
}

function unwrap(answer: Answer): Value {
  if ('output' in answer) return answer.output;
  throw new ReportedError(answer.error, answer.cause);
}

class Waiting implements Callback {
  readonly #visit: Visit;
  readonly #heartbeatSeconds: number | undefined;
  readonly #answer = Promise.withResolvers<Answer>();
  settled = false;

  constructor(visit: Visit, { heartbeatSeconds }: TaskLimits) {
    this.#visit = visit;
    this.#heartbeatSeconds = heartbeatSeconds;
  }

  get answered(): Promise<Answer> {
    return this.#answer.promise;
  }

  async answer(given: Answer): Promise<boolean> {
    if (this.settled || this.#visit.signal.aborted) return false;
    this.settled = true;
    // The caller may rely on its answer only once it is durable.
    remember(this.#visit, { answer: given, submitted: true });
    await this.#visit.run.journal.commit();
    this.#answer.resolve(given);
    return true;
  }

  async beat(): Promise<boolean> {
    if (this.settled || this.#visit.signal.aborted) return false;
    if (this.#heartbeatSeconds === undefined) return true;
    remember(this.#visit, { beatBy: this.#visit.services.clock.now() + this.#heartbeatSeconds * 1000 });
    await this.#visit.run.journal.commit();
    return true;
  }

  expire(): Error {
    const { deadline } = current(this.#visit);
    this.settled = true;
    return deadline !== undefined && deadline <= this.#visit.services.clock.now()
      ? new TimeoutError(undefined)
      : new HeartbeatTimeoutError(undefined);
  }
}
