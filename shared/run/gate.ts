import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { haltKey, runKey } from './keys.ts';

export type Gate = 'open' | 'paused' | 'halted';

/** Read before each forward intent, never before an undo: the emergency stop of the environment and the wish to pause. */
export async function readGate(store: Store, runId: string, environment: string): Promise<Gate> {
  const [halt, run] = await store.readMany([haltKey(environment), runKey(runId)]);
  if (halt?.['active'] === true) return 'halted';
  return run?.['status'] === 'pausing' || run?.['status'] === 'paused' ? 'paused' : 'open';
}

/** How old a reading may be when an intent rests on it, ms: what an emergency stop can be late by, beside the step under way. */
export const GATE_AGE_MS = 50;

/** The gate as one invocation watches it: steps of a few milliseconds share a reading, a slower one has its own. */
export class GateWatch {
  readonly #deps: { readonly store: Store; readonly clock: Clock };
  readonly #runId: string;
  readonly #environment: string;
  #openAt = Number.NEGATIVE_INFINITY;

  constructor(deps: { readonly store: Store; readonly clock: Clock }, runId: string, environment: string) {
    this.#deps = deps;
    this.#runId = runId;
    this.#environment = environment;
  }

  async now(): Promise<Gate> {
    const { store, clock } = this.#deps;
    const began = clock.now();
    if (began - this.#openAt <= GATE_AGE_MS) return 'open';
    const gate = await readGate(store, this.#runId, this.#environment);
    if (gate === 'open') this.#openAt = began;
    return gate;
  }
}
