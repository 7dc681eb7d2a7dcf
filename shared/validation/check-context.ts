import type { Http } from '../ports/http.ts';
import type { RecordTransform } from '../ports/record-transform.ts';
import type { Value } from '../ports/store.ts';
import type { Tables } from '../ports/tables.ts';
import type { UserCode } from '../ports/user-code.ts';
import type { JournalDeps } from '../run/journal.ts';
import type { RunWriter } from '../run/run-access.ts';
import type { CheckResult } from './check-result.ts';

export interface CheckDeps extends JournalDeps {
  /** Its `forward` only reads here, so a layer beneath may repeat it. */
  readonly userCode: UserCode;
  readonly tables: Tables;
  readonly http: Http;
  readonly transformOf: (ref: string) => Promise<RecordTransform>;
}

export interface CheckContext {
  readonly writer: RunWriter;
  /** The component's name, or `phase:NAME` for the checks of a phase. */
  readonly scope: string;
  readonly environment: string;
  /** The plan's name: baselines are kept by it. */
  readonly plan: string;
  readonly fence: number;
  readonly outputs: { readonly [component: string]: Value };
  /** The time-out of one check, slices together, ms. */
  readonly timeoutMs: number;
  /** Only so many records or requests, where a person asks between: no baseline is kept of them. */
  readonly sample?: number;
}

/** One slice of a check: its result, or what the next slice goes on from. */
export type CheckSlice = { readonly result: CheckResult } | { readonly carry: Value };

export const phaseScope = (phase: string): string => `phase:${phase}`;
