/** How the new path can be broken: answers that fail, that come late, or that are others than the old path's. */
export const FAULTS = ['errors', 'latency', 'mismatch'] as const;
export type Fault = (typeof FAULTS)[number];

/** Where the service finds its control plane and its tables. It comes as a message: other processes can read arguments and variables. */
export interface ServiceStart {
  readonly url: string;
  readonly token: string;
  readonly environment: string;
  /** DynamoDB's protocol. */
  readonly dynamodb: string;
}

export type ToService = { readonly start: ServiceStart } | { readonly fault: Fault };

/** What the service has measured of itself. */
export interface ServiceFigures {
  /** ms, over the last thousand searches of each path; null: none yet. */
  readonly p95: { readonly old: number | null; readonly new: number | null };
  /** Searches of the new path whose answer was compared with the old path's, and how many differed. */
  readonly compared: number;
  readonly mismatches: number;
}

export type FromService =
  | { readonly ready: { readonly url: string; readonly cities: number; readonly places: number } }
  /** The new path is broken from now on (epoch ms). */
  | { readonly broken: number }
  | { readonly figures: ServiceFigures };

export type ToTraffic = {
  readonly start: {
    /** Of the service. */
    readonly url: string;
    /** Searches a second. */
    readonly rate: number;
    /** How many of the cities are searched for. */
    readonly cities: number;
  };
};

/** What the clients of the service have seen, since the beginning. */
export interface TrafficFigures {
  readonly old: SideFigures;
  readonly new: SideFigures;
  /** Searches without any answer: no path to blame. */
  readonly unanswered: number;
  /** When the last search that the new path answered was sent, epoch ms. */
  readonly lastOnNew: number | null;
}

export interface SideFigures {
  readonly requests: number;
  readonly failed: number;
}

export type FromTraffic = { readonly traffic: TrafficFigures };
