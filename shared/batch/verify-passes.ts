import type { DataRecord } from '../ports/tables.ts';
import type { Slice } from '../run/steps.ts';
import { applyTransform, failed, type Produced } from './apply-transform.ts';
import { type BatchDeps, type BatchJob, type BatchPoint, keyNames } from './batch-job.ts';
import type { Mismatch, VerifyProgress } from './batch-progress.ts';
import { Checksum, recordHash } from './checksum.ts';
import { fieldDifferences } from './field-differences.ts';
import { KeyParts, surplus } from './key-parts.ts';
import { SETTLE_MS } from './prepare-batch.ts';
import { listQuarantine } from './quarantine.ts';
import { readFound } from './read-found.ts';
import { keyOf, keyText } from './record-key.ts';
import type { SegmentProgress } from './segment-progress.ts';
import { lanesOf, sweep, swept } from './sweep.ts';

export interface VerifyContext {
  readonly deps: BatchDeps;
  readonly job: BatchJob;
  readonly point: BatchPoint;
  readonly segments: readonly SegmentProgress[];
  readonly slice: Slice;
}

interface Pass {
  readonly verify: VerifyProgress;
  /** Everything was read. */
  readonly done: boolean;
}

/** How many records a verification names at least where so many do not match. */
const MOST_NAMED = 100;

/** The checksum of what the source makes, and of what the target holds. */
export async function sumPass(context: VerifyContext, verify: VerifyProgress): Promise<Pass> {
  const produced = new Checksum(verify.produced);
  const actual = new Checksum(verify.actual);
  const end = await readBoth(context, verify, !context.point.live, {
    source: (rows) => {
      for (const { hash } of rows) produced.add(hash);
    },
    target: (records) => {
      for (const record of records) actual.add(recordHash(record));
    },
  });
  return { verify: { ...verify, ...end.state, produced: produced.text, actual: actual.text }, done: end.done };
}

/** Each record that should be there against what is there under its key. */
export async function comparePass(context: VerifyContext, verify: VerifyProgress): Promise<Pass> {
  const { deps, job, point } = context;
  const { keys } = point.target;
  const most = Math.max(job.component.sample, MOST_NAMED);
  const sample = [...verify.sample];
  let { mismatches } = verify;
  const expected = new KeyParts(verify.expectedParts);
  const actual = new KeyParts(verify.actualParts);
  const quarantined = await quarantinedKeys(context);
  const end = await readBoth(context, verify, sumsTell(point), {
    source: async (rows) => {
      const due = rows.filter(({ from }) => !quarantined.has(keyText(from, point.source.keys)));
      const found = await readFound(
        deps,
        point.target,
        due.map(({ key }) => key),
      );
      for (const row of due) {
        expected.add(row.keyText, row.hash);
        const wrong = mismatchOf(row, found.get(row.keyText));
        if (!wrong) continue;
        // In a live target a record that differs is the application's own, unless another source record took its place.
        if (!point.live) mismatches += 1;
        if (sample.length < most) sample.push(wrong);
      }
    },
    target: (records) => {
      for (const record of records) actual.add(keyText(record, keys), recordHash(record));
    },
  });
  const parts = { expectedParts: expected.text, actualParts: actual.text };
  return { verify: { ...verify, ...end.state, mismatches, sample, ...parts }, done: end.done };
}

/** Tells which keys several source records lead to, and which records of the target nobody made. */
export async function namePass(context: VerifyContext, verify: VerifyProgress): Promise<Pass> {
  const { point } = context;
  const { keys } = point.target;
  const compared = new Set(verify.sample.map(({ key }) => keyText(key, keys)));
  const seen = { ...verify.seen };
  const sample = [...verify.sample];
  const repeated = sumsTell(point) ? surplus(verify.expectedParts, verify.actualParts) : new Set<string>();
  const foreign = sumsTell(point) ? surplus(verify.actualParts, verify.expectedParts) : new Set<string>();
  const end = await readBoth(context, verify, foreign.size > 0, {
    source: (rows) => {
      for (const row of rows) {
        const text = row.keyText;
        if (repeated.has(row.hash) && !compared.has(text) && seen[text] === undefined) {
          sample.push({ key: row.key, problem: 'collision', fields: {} } as Mismatch);
          seen[text] = 1;
        } else if (compared.has(text)) seen[text] = (seen[text] ?? 0) + 1;
      }
    },
    target: (records) => {
      for (const record of records) {
        if (foreign.has(recordHash(record)))
          sample.push({ key: keyOf(record, keys), problem: 'unexpected', fields: fieldDifferences({}, record) } as Mismatch);
      }
    },
  });
  if (!end.done) return { verify: { ...verify, ...end.state, sample, seen }, done: false };
  return { verify: { ...verify, ...end.state, ...named(context, { ...verify, sample, seen }) }, done: true };
}

function named({ point }: VerifyContext, { sample, seen, mismatches }: VerifyProgress) {
  const labelled = sample.map((one) =>
    (seen[keyText(one.key, point.target.keys)] ?? 0) > 1 ? { ...one, problem: 'collision' as const } : one,
  );
  // What the application wrote into a live target is no mismatch.
  const telling = point.live ? labelled.filter(({ problem }) => problem === 'collision') : labelled;
  return { sample: telling, mismatches: Math.max(mismatches, telling.length) };
}

/** Whether the target holds nothing but what this run made of the source. */
const sumsTell = (point: BatchPoint): boolean => point.before.count === 0 && !point.live;

function mismatchOf(row: Produced, found: DataRecord | undefined): Mismatch | undefined {
  if (found && recordHash(found) === row.hash) return undefined;
  const fields = fieldDifferences(row.record, found ?? {});
  return { key: row.key, problem: found ? 'different' : 'missing', fields } as Mismatch;
}

/** As many as are in quarantine, and tolerated. */
async function quarantinedKeys({ deps, job, point, segments }: VerifyContext): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const { key } of listQuarantine(deps, job, segments)) keys.add(keyText(key, point.source.keys));
  return keys;
}

interface Visitors {
  readonly source: (rows: readonly Produced[]) => Promise<void> | void;
  readonly target: (records: readonly DataRecord[]) => Promise<void> | void;
}

/** Reads the source, transformed again, and where asked the target, as far as the slice goes. */
async function readBoth(
  { deps, job, point, slice }: VerifyContext,
  from: VerifyProgress,
  both: boolean,
  visitors: Visitors,
): Promise<{ state: Pick<VerifyProgress, 'sweep'>; done: boolean }> {
  const { segments } = job.component;
  const sources = lanesOf(point.source.table, segments);
  const lanes = both ? [...sources, ...lanesOf(point.target.table, segments)] : sources;
  const visit = async (records: readonly DataRecord[], lane: number) => {
    if (lane >= sources.length) return visitors.target(records);
    const made = await applyTransform(job.transform, records, keyNames(point));
    return visitors.source(made.flatMap((result) => (failed(result) ? [] : result)));
  };
  const goOn = () => deps.clock.now() < slice.until - SETTLE_MS;
  const state = await sweep(deps.tables, lanes, from.sweep, visit, { goOn });
  return { state: { sweep: state }, done: swept(state, lanes) };
}
