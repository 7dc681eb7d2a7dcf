import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { CircuitOpenError } from '../../shared/errors/user-code-errors.ts';
import type { Retry } from '../../shared/plan/plan.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { isRetryable } from '../../shared/resilience/retryable-error.ts';
import { messageOf } from '../../shared/run/work-steps.ts';

/** Lets a call through, or rejects with CircuitOpenError. */
export type Circuit = <T>(call: () => Promise<T>) => Promise<T>;

/** Circuits are small, but runs keep coming: the one used longest ago is forgotten beyond this. */
const MOST = 1000;

/**
 * One circuit breaker a name, counting consecutive connection failures, time-outs and throttling. State lives in this
 * process: on AWS each sandbox counts for itself, which costs no write and bounds what one sandbox can send to a dead receiver.
 */
export class Circuits {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #circuits = new Map<string, Circuit>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  of(name: string, policy: Retry['circuit']): Circuit {
    const key = `${policy.failures}/${policy.openFor}/${name}`;
    const circuit = this.#circuits.get(key) ?? this.#make(name, policy);
    this.#circuits.delete(key);
    this.#circuits.set(key, circuit);
    for (const oldest of this.#circuits.keys()) {
      if (this.#circuits.size <= MOST) break;
      this.#circuits.delete(oldest);
    }
    return circuit;
  }

  /**
   * The library counts, opens, and lets one trial through when half open. It reads the machine's clock, so it is told to be
   * half open at once, and how long the circuit stays open is decided here, by the clock port.
   */
  #make(name: string, { failures, openFor }: Retry['circuit']): Circuit {
    const breaker = circuitBreaker(handleWhen(isRetryable), {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: 0,
    });
    let openUntil = Number.NEGATIVE_INFINITY;
    let said = '';
    breaker.onBreak((reason) => {
      openUntil = this.#clock.now() + openFor;
      if ('error' in reason) said = messageOf(reason.error);
    });
    return async (call) => {
      const now = this.#clock.now();
      if (now < openUntil) throw open(name, openUntil, said);
      // While a trial is under way the library would make others wait for it, past their own deadlines.
      if (breaker.state === CircuitState.HalfOpen) throw open(name, now + openFor, said);
      return breaker.execute(call);
    };
  }
}

const open = (name: string, retryAt: number, said: string): CircuitOpenError =>
  new CircuitOpenError(
    `The circuit of ${name} is open until ${new Date(retryAt).toISOString()}: it failed again and again, the last time with: ${said}`,
    retryAt,
    { next: 'It is tried again by itself then.' },
  );
