import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  ParseError,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/server-sdk';
import { dealsByHash, exposureOf } from '../shared/flags/cohort.ts';
import type { FlagDocument } from '../shared/flags/flag-document.ts';
import type { FlagSet } from '../shared/flags/flag-set.ts';
import { readFlags } from '../shared/flags/read-flags.ts';
import type { FlagContext, Resolution } from '../shared/flags/resolution.ts';
import type { Clock } from '../shared/ports/clock.ts';
import { backgroundClock } from './background-clock.ts';
import { BehaviourLog } from './behaviour-log.ts';
import { ControlPlane, type Token } from './control-plane.ts';
import { Exposures } from './exposures.ts';
import { FlagCache } from './flag-cache.ts';
import { FlagSync, type Notice } from './flag-sync.ts';
import { type SendTracked, Tracking } from './tracking.ts';

/** A flag document in memory. */
export interface MemoryOptions {
  /** In flagd's definition format. */
  readonly flags: unknown;
  /** What rules read as `environment` where a context does not say. */
  readonly environment?: string;
  /** Who is told what is tracked; nobody where it is absent. */
  readonly track?: SendTracked;
}

/** The flags of an environment, kept in step with a control plane. */
export interface RemoteOptions {
  /** Such as `http://127.0.0.1:4400`. */
  readonly url: string;
  /** Or what answers one, before each request: tokens of an OpenID provider expire. Absent where `fetch` signs requests. */
  readonly token?: Token;
  readonly environment: string;
  /** Sends requests; the global one where it is absent. */
  readonly fetch?: typeof fetch;
  /** Where the last good flags are kept for a restart; nowhere where it is absent. */
  readonly cacheDir?: string;
  /** Between two looks, ms; 15,000 where it is absent. */
  readonly pollMs?: number;
  /** For one request, ms; 5,000 where it is absent. */
  readonly timeoutMs?: number;
  /** Whether to listen to the event stream as well; true where it is absent. */
  readonly stream?: boolean;
  /** Whether to report how many subjects were shown what, for rollouts to judge by; true where it is absent. */
  readonly exposures?: boolean;
}

/** What a provider takes from the machine. */
export interface ProviderMachine {
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** What a document says of exposures. */
interface Looked {
  readonly document: FlagDocument;
  /** An experiment runs on some flag of it. */
  readonly isWatched: boolean;
  /** Whether a flag deals anybody by hash, as far as that was asked. */
  readonly deals: Map<string, boolean>;
}

const TRACK_EVERY = 5000;
const CLOSE_WITHIN = 2000;

/** Flags of Slipway for OpenFeature's server SDK, evaluated in process. */
export class SlipwayProvider implements Provider {
  readonly metadata = { name: 'slipway' } as const;
  readonly runsOn = 'server' as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly #clock: Clock;
  readonly #sync: FlagSync | undefined;
  readonly #tracking: Tracking | undefined;
  readonly #exposures: Exposures | undefined;
  readonly #behaviour: BehaviourLog | undefined;
  readonly #memory: MemoryOptions | undefined;
  #flags: FlagSet | undefined;
  #looked: Looked | undefined;

  constructor(options: MemoryOptions | RemoteOptions, machine: ProviderMachine = {}) {
    this.#clock = machine.clock ?? backgroundClock;
    if ('flags' in options) {
      this.#memory = options;
      const { environment = 'default', track } = options;
      if (track) this.#tracking = this.#trackingTo(track, environment);
      return;
    }
    const { environment, cacheDir, pollMs = 15_000, timeoutMs = 5000, stream = true, exposures = true } = options;
    if (options.token === undefined && options.fetch === undefined) {
      throw new TypeError('The control plane must know who asks: give a token, or a fetch that signs requests.');
    }
    const url = options.url.replace(/\/+$/, '');
    const source = new ControlPlane({ ...options, url, timeoutMs, clock: this.#clock, fetch: options.fetch ?? fetch });
    if (exposures) this.#exposures = new Exposures(environment);
    this.#behaviour = new BehaviourLog(environment, (batch, signal) => source.tell(batch, signal));
    this.#tracking = this.#trackingTo((batch, signal) => source.send(batch, signal), environment);
    this.#sync = new FlagSync({
      environment,
      source,
      cache: cacheDir === undefined ? undefined : new FlagCache(cacheDir, `${url} ${environment}`),
      pollMs,
      stream,
      clock: this.#clock,
      random: machine.random ?? Math.random,
      tell: (notice) => this.#tell(notice),
    });
  }

  async initialize(): Promise<void> {
    await this.#sync?.start();
    if (this.#memory) this.#flags = readMemory(this.#memory, this.#clock);
  }

  async onClose(): Promise<void> {
    await this.#sync?.close();
    await this.#tracking?.close(AbortSignal.timeout(CLOSE_WITHIN));
  }

  async resolveBooleanEvaluation(
    key: string,
    fallback: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.#shown(key, context, this.#current?.boolean(key, fallback, context as FlagContext), fallback);
  }

  async resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): Promise<ResolutionDetails<string>> {
    return this.#shown(key, context, this.#current?.string(key, fallback, context as FlagContext), fallback);
  }

  async resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): Promise<ResolutionDetails<number>> {
    return this.#shown(key, context, this.#current?.number(key, fallback, context as FlagContext), fallback);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    const found = this.#current?.object(key, fallback as object, context as FlagContext);
    return this.#shown(key, context, found as Resolution<T> | undefined, fallback);
  }

  track(name: string, { targetingKey }: EvaluationContext, { value, ...rest }: TrackingEventDetails = {}): void {
    const attributes = Object.fromEntries(Object.entries(rest).filter(([, one]) => isPrimitive(one))) as Record<string, string>;
    const figure = typeof value === 'number' && Number.isFinite(value) ? { value } : {};
    const at = this.#clock.now();
    if (targetingKey && this.#look?.isWatched) this.#behaviour?.track({ name, key: targetingKey, at, ...figure });
    this.#tracking?.add({
      name,
      at,
      ...(targetingKey ? { key: targetingKey } : {}),
      ...figure,
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    });
  }

  #shown<T>(key: string, context: EvaluationContext, found: Resolution<T> | undefined, fallback: T): ResolutionDetails<T> {
    const isAsked = found?.flagMetadata['experiment'] !== undefined;
    if (found && (this.#exposures || isAsked)) {
      const exposure = exposureOf(key, found, context as FlagContext);
      if (exposure && this.#exposures && (exposure.dealt || this.#deals(key))) this.#tracking?.expose(exposure);
      if (exposure?.dealt && isAsked) {
        this.#behaviour?.expose(exposure, this.#clock.now());
        this.#tracking?.wake();
      }
    }
    return detailsOf(found, fallback);
  }

  /** Whom a rule names, such as the first customers of a rollout, has been shown the flag as well as those whom it deals. */
  #deals(key: string): boolean {
    const { document, deals } = this.#look ?? {};
    const known = deals?.get(key);
    if (known !== undefined) return known;
    const found = dealsByHash(document?.flags[key]?.targeting);
    deals?.set(key, found);
    return found;
  }

  /** Looked at once for each document. */
  get #look(): Looked | undefined {
    const document = this.#sync?.document;
    if (document !== undefined && document !== this.#looked?.document) {
      const isWatched = Object.values(document.flags).some(({ metadata }) => metadata?.['experiment'] !== undefined);
      this.#looked = { document, isWatched, deals: new Map() };
    }
    return this.#looked;
  }

  get #current(): FlagSet | undefined {
    return this.#sync ? this.#sync.flags : this.#flags;
  }

  #trackingTo(send: SendTracked, environment: string): Tracking {
    const exposures = this.#exposures && { exposures: this.#exposures };
    const behaviour = this.#behaviour && { behaviour: this.#behaviour };
    return new Tracking({ environment, send, everyMs: TRACK_EVERY, clock: this.#clock, ...exposures, ...behaviour });
  }

  #tell(notice: Notice): void {
    switch (notice.kind) {
      case 'ready':
        this.events.emit(ProviderEvents.Ready, {});
        break;
      case 'changed':
        this.#exposures?.forget(notice.flagsChanged);
        this.#behaviour?.forget(notice.flagsChanged);
        this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: notice.flagsChanged });
        break;
      case 'stale':
        this.events.emit(ProviderEvents.Stale, { message: notice.message });
        break;
      case 'error':
        this.events.emit(ProviderEvents.Error, { message: notice.message, errorCode: ErrorCode.GENERAL });
        break;
    }
  }
}

function readMemory({ flags, environment }: MemoryOptions, clock: Clock): FlagSet {
  const read = readFlags(flags, { now: clock.now, ...(environment === undefined ? {} : { environment }) });
  if (!read.ok) throw new ParseError(`The flags are refused: ${read.problems.map(({ message }) => message).join(' ')}`);
  return read.flags;
}

/** OpenFeature's codes are an enumeration of the very words. */
function detailsOf<T>(found: Resolution<T> | undefined, fallback: T): ResolutionDetails<T> {
  if (found) return found as ResolutionDetails<T>;
  const errorMessage = 'No flags have been read yet.';
  return { value: fallback, reason: 'ERROR', errorCode: ErrorCode.PROVIDER_NOT_READY, errorMessage };
}

const isPrimitive = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
