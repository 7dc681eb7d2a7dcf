import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Rotations } from '../../shared/ports/rotations.ts';
import { PENDING, type Secrets } from '../../shared/ports/secrets.ts';
import { mayBegin } from '../../shared/secrets/rotation/may-begin.ts';
import type { Rotation } from '../../shared/secrets/rotation/rotation-context.ts';
import { STEPS } from '../../shared/secrets/rotation/rotation-steps.ts';

/** Secrets with what only their keeper does: Secrets Manager does it by itself. */
export interface KeptSecrets extends Secrets {
  /** The version has the label from now on, and no value. */
  begin(id: string, token: string, stage: string): Promise<void> | void;
  enable(id: string, rotationEnabled: boolean): Promise<void> | void;
}

export interface EmbeddedRotationsOptions {
  readonly secrets: KeptSecrets;
  readonly clock: Clock;
  /** Takes one step. */
  readonly step: (step: string, rotation: Rotation) => Promise<void>;
  /** Is told of what no step foresees. */
  readonly onFault: (error: unknown) => void;
}

/** Pauses before a step is tried again, ms; the last one again and again. */
const PAUSES = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];

/** Calls the steps as Secrets Manager does, in this process: what it has not done when that ends, `begin` with the same token goes on with. */
export class EmbeddedRotations implements Rotations {
  readonly #options: EmbeddedRotationsOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: EmbeddedRotationsOptions) {
    this.#options = options;
  }

  async begin(secretId: string, token: string): Promise<void> {
    const { secrets } = this.#options;
    if (await mayBegin({ secrets }, { secretId, token })) await secrets.begin(secretId, token, PENDING);
    this.#run({ secretId, token });
  }

  async enable(secretId: string, enabled: boolean): Promise<void> {
    await this.#options.secrets.enable(secretId, enabled);
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  /** Leaves what is under way as a crash would. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#underWay.values());
  }

  #run(rotation: Rotation): void {
    const key = `${rotation.secretId}/${rotation.token}`;
    if (this.#stop.signal.aborted || this.#underWay.has(key)) return;
    const work = this.#all(rotation)
      .catch(this.#options.onFault)
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, work);
  }

  async #all(rotation: Rotation): Promise<void> {
    for (const step of STEPS) if (!(await this.#patiently(step, rotation))) return;
  }

  /** False: it cannot be taken, or this process is about to end. */
  async #patiently(step: string, rotation: Rotation): Promise<boolean> {
    const { signal } = this.#stop;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await this.#options.step(step, rotation);
        return true;
      } catch (error) {
        const known = error instanceof SlipwayError;
        if (!known) this.#options.onFault(error);
        // What the step says of itself is written down where it was taken.
        if (known && !error.retryable) return false;
      }
      await this.#options.clock.sleep(PAUSES[attempt] ?? PAUSES.at(-1) ?? 0, signal).catch(() => {});
    }
    return false;
  }
}
