import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '../../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../../adapters/embedded/system-ids.ts';
import { MemorySecrets } from '../../../adapters/memory/secrets.ts';
import { MemoryStore } from '../../../adapters/memory/store.ts';
import { CURRENT, PENDING } from '../../../shared/ports/secrets.ts';
import { DEFAULT_RULE, makeValue } from '../../../shared/secrets/make-value.ts';
import { restoreOld } from '../../../shared/secrets/rotation/restore-old.ts';
import { revokeOld, type Window } from '../../../shared/secrets/rotation/revoke-old.ts';
import type { RotatedSystem } from '../../../shared/secrets/rotation/rotated-system.ts';
import type { RotationDeps } from '../../../shared/secrets/rotation/rotation-context.ts';
import { rotationStep, STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import { parseSecret, type SecretFields } from '../../../shared/secrets/secret-document.ts';

const MASTER = 'master';
/** Longer than a function runs. */
const MOVING_MS = 900_000;

export interface PlaneOptions {
  /** ms */
  readonly overlap?: number;
  readonly id?: string;
  readonly make?: () => string;
  /** The secret that `masterarn` names. */
  readonly master?: SecretFields | undefined;
}

/** Rotations of one secret at a real server, driven as Secrets Manager would. */
export class RotationPlane {
  readonly secrets = new MemorySecrets();
  readonly store = new MemoryStore();
  readonly deps: RotationDeps;
  /** What was published. */
  readonly events: unknown[] = [];
  readonly #windows: Window[] = [];
  readonly id: string;
  #skipped = 0;

  constructor(
    system: RotatedSystem,
    secret: SecretFields,
    { overlap = 60_000, id = 'app', make = value, master }: PlaneOptions = {},
  ) {
    this.id = id;
    this.deps = {
      ...{ secrets: this.secrets, store: this.store, ids: systemIds() },
      events: { publish: async (event) => void this.events.push(event) },
      ...{ system, overlap, make },
      clock: { now: () => systemClock.now() + this.#skipped, sleep: (ms, signal) => systemClock.sleep(ms, signal) },
      workflow: {
        start: async (_machine, name, input) => {
          this.#windows.push(input as unknown as Window);
          return { arn: name };
        },
      },
    };
    this.secrets.create(id, randomUUID(), JSON.stringify(master ? { ...secret, masterarn: MASTER } : secret));
    if (master) this.secrets.create(MASTER, randomUUID(), JSON.stringify(master));
  }

  /** A rotation has been asked for; answers its token. */
  begin(): string {
    const token = randomUUID();
    this.secrets.begin(this.id, token, PENDING);
    return token;
  }

  step(step: string, token: string, deps = this.deps): Promise<void> {
    return rotationStep(deps, step, { secretId: this.id, token });
  }

  async rotate(): Promise<string> {
    const token = this.begin();
    for (const step of STEPS) await this.step(step, token);
    return token;
  }

  restore(token: string): Promise<void> {
    return restoreOld(this.deps, { secretId: this.id, token });
  }

  /** The machine of the last window, once the overlap is over. */
  async revoke(deps = this.deps): Promise<string> {
    this.#skipped += this.deps.overlap;
    const window = this.#windows.at(-1);
    if (!window) throw new Error('There is no window.');
    return (await revokeOld(deps, window)).outcome;
  }

  /** Every window that was ever begun, when no label can be about to move any more. */
  async revokeAll(): Promise<void> {
    this.#skipped += this.deps.overlap + MOVING_MS;
    for (const window of this.#windows) await revokeOld(this.deps, window);
  }

  async fields(stage = CURRENT): Promise<SecretFields> {
    const found = await this.secrets.read(this.id, { stage });
    if (!found) throw new Error(`Nothing is ${stage}.`);
    return parseSecret(found.text).fields;
  }
}

const value = (): string => makeValue(DEFAULT_RULE, (count) => randomBytes(count));
