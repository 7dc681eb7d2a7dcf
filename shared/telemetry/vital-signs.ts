/** What a function measures of its own process in one call. */
export interface VitalSigns {
  /** Of the limit of the heap, 0 to 1. */
  readonly heapShare: number;
  readonly heapGrownMb: number;
  /** The longest sweep, ms. */
  readonly gcPauseMs: number;
  /** The longest that the event loop kept others waiting, ms. */
  readonly eventLoopMs: number;
  /** Sockets, timers and the like that are open. */
  readonly handles: number;
  readonly fileDescriptors: number;
  /** Of the file system of temporary files, 0 to 1. */
  readonly tmpShare: number;
  /** The slowest look-up of a name and connection, ms. */
  readonly dnsMs: number;
  readonly connectMs: number;
}

export type Thresholds = { readonly [name in keyof VitalSigns]: number };

/** Lambda allows 1,024 file descriptors; a request of the SDK gives up after 5 s. */
export const DEFAULT_THRESHOLDS: Thresholds = {
  heapShare: 0.85,
  heapGrownMb: 256,
  gcPauseMs: 200,
  eventLoopMs: 1000,
  handles: 600,
  fileDescriptors: 800,
  tmpShare: 0.9,
  dnsMs: 500,
  connectMs: 1500,
};

/** `heapShare=0.9,handles=300`: those that differ from the defaults. What is no threshold is left out. */
export function readThresholds(text = ''): Thresholds {
  const given = text.split(',').flatMap((pair) => {
    const [name = '', value = ''] = pair.split('=').map((part) => part.trim());
    const number = Number(value);
    return Object.hasOwn(DEFAULT_THRESHOLDS, name) && value !== '' && number >= 0 ? [[name, number] as const] : [];
  });
  return { ...DEFAULT_THRESHOLDS, ...Object.fromEntries(given) };
}

export interface Crossed {
  readonly measure: string;
  readonly value: number;
  readonly threshold: number;
}

/** Tells of a threshold once when it is crossed, and again only after the figure was below it. */
export class ThresholdWatch {
  readonly #thresholds: Thresholds;
  readonly #above = new Set<string>();

  constructor(thresholds: Thresholds) {
    this.#thresholds = thresholds;
  }

  take(signs: VitalSigns): readonly Crossed[] {
    return (Object.keys(this.#thresholds) as (keyof Thresholds)[]).flatMap((measure) => {
      const value = signs[measure];
      const threshold = this.#thresholds[measure];
      if (value <= threshold) {
        this.#above.delete(measure);
        return [];
      }
      if (this.#above.has(measure)) return [];
      this.#above.add(measure);
      return [{ measure, value, threshold }];
    });
  }
}
