import type { RunView } from '../../shared/api/run-view.ts';
import { bar, share, timeSpan, whole } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { writesText } from '../render/run-progress.ts';
import { painted } from '../render/run-status.ts';
import { rolloutLines } from './rollout-lines.ts';
import type { RolloutReport } from './rollout-report.ts';

/** The one document that `demo --json` prints. */
export interface DemoReport {
  readonly run: string;
  readonly status: RunView['status'];
  readonly records: { readonly read: number; readonly written: number; readonly quarantined: number };
  readonly verification: { readonly compared: number; readonly mismatches: number };
  readonly writes: { readonly data: number; readonly checkpoints: number; readonly events: number };
  /** From the run's creation to its end. */
  readonly seconds: number;
  /** Absent where only the data were migrated. */
  readonly rollout?: RolloutReport;
}

export function demoReport({ id, status, totals, seconds }: RunView, rollout?: RolloutReport): DemoReport {
  const { read, written, quarantined } = totals.records;
  return {
    run: id,
    status,
    records: { read, written, quarantined },
    verification: totals.verification,
    writes: totals.writes,
    seconds,
    ...(rollout && { rollout }),
  };
}

export function demoLines(report: DemoReport, paint: Paint): string[] {
  const { run, status, records, verification, seconds, rollout } = report;
  const rate = seconds > 0 ? records.read / seconds : 0;
  return [
    `${paint.bold(`Run ${run}`)} ${painted(status, paint)} after ${timeSpan(seconds)} (${whole(rate)} records/s, verification included)`,
    `  records   ${whole(records.read)} read, ${whole(records.written)} written, ${whole(records.quarantined)} quarantined`,
    `  verified  ${whole(verification.compared)} compared, ${whole(verification.mismatches)} mismatches`,
    `  writes    ${writesText(report.writes)}`,
    ...(rollout ? rolloutLines(rollout, paint) : []),
  ];
}

/** How far the loading is, for a terminal. */
export const loadingLine = (loaded: number, total: number, paint: Paint): string =>
  `${loadedText(loaded, total)}  ${paint.cyan(bar(loaded / total, 20))}`;

/** How far the loading is, for a log. */
export const loadedText = (loaded: number, total: number): string =>
  `${whole(loaded)} of ${whole(total)} cities loaded (${share(loaded / total)})`;
