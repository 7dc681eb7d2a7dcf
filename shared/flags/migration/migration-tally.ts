import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Side } from './migration-stage.ts';

export type Operation = 'read' | 'write';
export const OUTCOMES = ['ok', 'error', 'timed-out'] as const;
export type CallOutcome = (typeof OUTCOMES)[number];

/** One call of one side, whether the caller waited for it or not. */
export interface MigrationCall {
  readonly operation: Operation;
  readonly side: Side;
  readonly outcome: CallOutcome;
  readonly durationMs: number;
}

/** Percentiles in ms, to three digits. */
export interface CallFigures {
  readonly calls: number;
  readonly errors: number;
  readonly timedOut: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Name and code of the last error; its message may hold data. */
  readonly lastError?: string;
}

/** Two answers that differ, without what they say. */
export interface Mismatch {
  /** Epoch ms. */
  readonly at: number;
  readonly input: unknown;
  readonly old: unknown;
  readonly new: unknown;
}

export interface MigrationFigures {
  readonly calls: Readonly<Record<`${Side} ${Operation}`, CallFigures>>;
  readonly comparisons: number;
  readonly mismatches: number;
  /** The comparison itself threw. */
  readonly notCompared: number;
  /** Comparisons left out, since too many were under way. */
  readonly skipped: number;
  /** Reads that the old side answered for the new one. */
  readonly fallbacks: number;
  /** Writes that one side has and the other lacks. */
  readonly missedWrites: number;
  /** The last few. */
  readonly examples: readonly Mismatch[];
}

const EXAMPLES = 10;

class CallTally {
  readonly #times: RecordableHistogram = createHistogram({ figures: 3 });
  #errors = 0;
  #timedOut = 0;
  #lastError: string | undefined;

  add(outcome: CallOutcome, durationMs: number, error: unknown): void {
    this.#times.record(Math.max(1, Math.round(durationMs * 1000)));
    if (outcome === 'timed-out') this.#timedOut += 1;
    if (outcome === 'error') {
      this.#errors += 1;
      this.#lastError = nameOf(error);
    }
  }

  get figures(): CallFigures {
    const calls = this.#times.count;
    const at = (percentile: number) => (calls === 0 ? 0 : this.#times.percentile(percentile) / 1000);
    const figures = { calls, errors: this.#errors, timedOut: this.#timedOut, p50: at(50), p95: at(95), p99: at(99) };
    return this.#lastError === undefined ? figures : { ...figures, lastError: this.#lastError };
  }
}

/** Counts what both sides do, in bounded memory. */
export class MigrationTally {
  readonly #calls = {
    'old read': new CallTally(),
    'new read': new CallTally(),
    'old write': new CallTally(),
    'new write': new CallTally(),
  };
  readonly #counts = { comparisons: 0, mismatches: 0, notCompared: 0, skipped: 0, fallbacks: 0, missedWrites: 0 };
  #examples: readonly Mismatch[] = [];

  call({ operation, side, outcome, durationMs }: MigrationCall, error: unknown): void {
    this.#calls[`${side} ${operation}`].add(outcome, durationMs, error);
  }

  count(what: 'comparisons' | 'notCompared' | 'skipped' | 'fallbacks' | 'missedWrites'): void {
    this.#counts[what] += 1;
  }

  mismatch(example: Mismatch): void {
    this.#counts.mismatches += 1;
    this.#examples = [...this.#examples, example].slice(-EXAMPLES);
  }

  get figures(): MigrationFigures {
    const { 'old read': a, 'new read': b, 'old write': c, 'new write': d } = this.#calls;
    const calls = { 'old read': a.figures, 'new read': b.figures, 'old write': c.figures, 'new write': d.figures };
    return { calls, ...this.#counts, examples: this.#examples };
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`;
}
