import { EmbeddedRotations } from '../../adapters/embedded/embedded-rotations.ts';
import { MemorySecrets } from '../../adapters/memory/secrets.ts';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import { alternating, dual, SimServer, single } from '../../adapters/memory/simulated-servers.ts';
import { MemoryStore } from '../../adapters/memory/store.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import { CURRENT, type Secrets } from '../../shared/ports/secrets.ts';
import { DEFAULT_RULE } from '../../shared/secrets/make-value.ts';
import { askRotation } from '../../shared/secrets/rotation/ask-rotation.ts';
import { putSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { revokeOld, type Window } from '../../shared/secrets/rotation/revoke-old.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { RotationDeps } from '../../shared/secrets/rotation/rotation-context.ts';
import type { SystemName } from '../../shared/secrets/rotation/rotation-settings.ts';
import { takeStep } from '../../shared/secrets/rotation/take-step.ts';
import { parseSecret, type SecretFields } from '../../shared/secrets/secret-document.ts';

export const SECRET = 'simulated';
export const FIRST = 'the-first-password';
const ENVIRONMENT = 'simulated';
const START = Date.UTC(2026, 0, 1);

/** What a rotation does to the world. */
export type Effect = 'describe' | 'read' | 'put' | 'move-label' | 'log-in' | 'install' | 'revoke';
/** Stands around an effect: may let the process die before or after it, or have it fail. */
export type Stand = (effect: Effect, perform: () => Promise<unknown>, world: SimulatedWorld) => Promise<unknown>;

/** The process has died: nothing more is done by it. */
export class Died extends Error {
  override readonly name = 'Died';
}

const serverOf = (system: SystemName): ((server: SimServer) => RotatedSystem) =>
  system === 'postgresql' ? alternating : system === 'postgresql-single-user' ? single : dual;

/** A secret, its server and whoever rotates it: all of it in memory, by a clock that only the simulation moves; the steps are the real ones. */
export class SimulatedWorld {
  readonly clock = new VirtualClock(START);
  readonly server = new SimServer('app', FIRST);
  readonly secrets = new MemorySecrets();
  readonly events: RunEvent[] = [];
  readonly overlap: number;
  readonly system: RotatedSystem;
  /** Processes that have died. */
  deaths = 0;
  readonly #store = new MemoryStore();
  readonly #ids = seededIds(1, this.clock);
  readonly #windows = new Map<number, Window>();
  readonly #stand: Stand;
  #made = 0;
  #process = 0;
  #rotations: EmbeddedRotations;
  #tokens: string[] = [];
  readonly #name: SystemName;

  constructor(system: SystemName, overlap: number, stand: Stand) {
    this.#name = system;
    this.overlap = overlap;
    this.system = serverOf(system)(this.server);
    this.#stand = stand;
    this.secrets.create(SECRET, 'first', JSON.stringify({ host: 'simulated', username: 'app', password: FIRST }));
    this.#rotations = this.#open();
  }

  get store(): MemoryStore {
    return this.#store;
  }

  /** Asks for a rotation, as the API does. One that is under way goes on in a process that is new. */
  async ask(token: string): Promise<void> {
    this.#tokens = [...this.#tokens, token];
    const request = { secretId: SECRET, token, environment: ENVIRONMENT, actor: 'you', revokeOld: false };
    await askRotation({ ...this.#deps(), secrets: this.secrets, rotations: this.#rotations }, request);
  }

  async prepare(): Promise<void> {
    const rule = { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes] };
    const policy = { system: this.#name, overlap: this.overlap, rule, enabled: true };
    const change = { secretId: SECRET, environment: ENVIRONMENT, actor: 'you', reason: '' };
    await putSettings(this.#deps(), change, () => ({
      ...policy,
      ...(this.#name === 'two-keys' ? { task: './keys.ts#keys' } : {}),
    }));
    this.events.length = 0;
  }

  /** What an application reads now. */
  async current(): Promise<SecretFields | undefined> {
    const found = await this.secrets.read(SECRET, { stage: CURRENT });
    try {
      return found && parseSecret(found.text).fields;
    } catch {
      return undefined;
    }
  }

  /** Lets time pass, and has done what is due then. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceTo(this.clock.now() + ms);
    if (this.deaths > this.#process) await this.#restart();
    for (const [since, window] of this.#windows) {
      const ended = await revokeOld(this.#deps(), window).catch(() => undefined);
      if (ended && ended.outcome !== 'wait') this.#windows.delete(since);
    }
  }

  async end(): Promise<void> {
    await this.#rotations.close();
  }

  /** Told at least once; heard once. */
  #hear(events: readonly RunEvent[]): void {
    this.events.push(...events.filter(({ hash }) => !this.events.some((known) => known.hash === hash)));
  }

  async #restart(): Promise<void> {
    this.#process = this.deaths;
    void this.#rotations.close();
    this.#rotations = this.#open();
    for (const token of this.#tokens) await this.#rotations.begin(SECRET, token).catch(() => {});
  }

  #open(): EmbeddedRotations {
    const deps = this.#deps();
    const step = (name: string, rotation: Parameters<typeof takeStep>[2]) => takeStep(deps, name, rotation);
    return new EmbeddedRotations({ secrets: this.secrets, clock: this.clock, step, onFault: () => {} });
  }

  /** What one process reaches: nothing, once it has died. */
  #deps(): RotationDeps {
    const process = this.#process;
    const alive = () => {
      if (this.deaths > process) throw new Died('The process has died.');
    };
    const through = async <T>(effect: Effect, perform: () => Promise<T>): Promise<T> => {
      alive();
      const answer = await this.#stand(effect, perform, this);
      alive();
      return answer as T;
    };
    const { system } = this;
    return {
      ...{ clock: this.clock, ids: this.#ids, overlap: this.overlap, secrets: this.#standing(through) },
      store: guarded(this.#store, alive),
      events: { publish: async (events) => this.#hear(events) },
      make: () => `made-password-${++this.#made}`,
      workflow: {
        start: async (_machine, name, input) => {
          const window = input as unknown as Window;
          this.#windows.set(window.since, window);
          return { arn: name };
        },
      },
      system: {
        ...system,
        admits: (fields) => through('log-in', () => system.admits(fields)),
        install: (change) => through('install', () => system.install(change)),
        revoke: (change) => through('revoke', () => system.revoke(change)),
      },
    };
  }

  #standing(through: <T>(effect: Effect, perform: () => Promise<T>) => Promise<T>): Secrets {
    const { secrets } = this;
    return {
      describe: (id) => through('describe', () => secrets.describe(id)),
      read: (id, of) => through('read', () => secrets.read(id, of)),
      put: (...value) => through('put', () => secrets.put(...value)),
      moveStage: (...move) => through('move-label', () => secrets.moveStage(...move)),
    };
  }
}

/** Each call first asks whether it may. */
const guarded = <T extends object>(inner: T, may: () => void): T =>
  new Proxy(inner, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      return (...given: unknown[]) => {
        may();
        return found.apply(target, given);
      };
    },
  });
