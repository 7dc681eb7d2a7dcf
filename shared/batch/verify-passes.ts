import type { DataRecord } from '../ports/tables.ts';
import type { Slice } from '../run/steps.ts';
import { applyTransform, failed, type Produced } from './apply-transform.ts';
import { type BatchDeps, type BatchJob, type BatchPoint, keyNames } from './batch-job.ts';
import type { Mismatch, VerifyProgress } from './batch-progress.ts';
import { Checksum, recordHash } from './checksum.ts';
import { fieldDifferences } from './field-differences.ts';
import { KeyParts, surplus } from './key-parts.ts';
import { MismatchSample } from './mismatch-sample.ts';
import { SETTLE_MS } from './prepare-batch.ts';
import { listQuarantine } from './quarantine.ts';
import { readFound } from './read-found.ts';
import { keyOf, keyText } from './record-key.ts';
import type { SegmentProgress } from './segment-progress.ts';
import { accountedFor } from './sides.ts';
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
  const sample = new MismatchSample(verify.sample, most);
  const changed = point.live && !accountedFor(point, context.segments, verify);
  let { mismatches } = verify;
  const expected = new KeyParts(verify.expectedParts);
  const actual = new KeyParts(verify.actualParts);
  const quarantined = await quarantinedKeys(context);
  const end = await readBoth(context, verify, sumsTell(point), {
    source: async (rows) => {
      const due = rows.filter(({ from }) => !quarantined.has(keyText(from, point.source.keys)));
      for (const row of due) expected.add(row.keyText, row.hash);
      const first = await lookUp(deps, point, due);
      for (const { wrong } of changed && first.length > 0 ? await lookAgain(context, first) : first) {
        // In a live target a record that differs is the application's own, unless another source record took its place.
        if (!point.live || changed) mismatches += 1;
        sample.add(wrong);
      }
    },
    target: (records) => {
      for (const record of records) actual.add(keyText(record, keys), recordHash(record));
    },
  });
  const parts = { expectedParts: expected.text, actualParts: actual.text };
  return { verify: { ...verify, ...end.state, mismatches, sample: [...sample.all], ...parts }, done: end.done };
}

interface Wrong {
  readonly row: Produced;
  readonly wrong: Mismatch;
}

/** Those of the rows that the target does not hold as they are. */
async function lookUp(deps: BatchDeps, { target }: BatchPoint, rows: readonly Produced[]): Promise<readonly Wrong[]> {
  const found = await readFound(
    deps,
    target,
    rows.map(({ key }) => key),
  );
  return rows.flatMap((row) => {
    const wrong = mismatchOf(row, found.get(row.keyText));
    return wrong === undefined ? [] : [{ row, wrong }];
  });
}

/** What an application that writes to both tables may take from one to the other, ms. */
const BETWEEN_BOTH_MS = 2000;

/** The source changes meanwhile: what was read of it may be older by now than what the target holds. */
async function lookAgain({ deps, job, point }: VerifyContext, first: readonly Wrong[]): Promise<readonly Wrong[]> {
  await deps.clock.sleep(BETWEEN_BOTH_MS);
  const keys = first.map(({ row }) => row.from);
  const records = await deps.tables.get(point.source.table, keys);
  const made = await applyTransform(job.transform, records, keyNames(point));
  return lookUp(
    deps,
    point,
    made.flatMap((result) => (failed(result) ? [] : result)),
  );
}

/** Tells which keys several source records lead to, and which records of the target nobody made. */
export async function namePass(context: VerifyContext, verify: VerifyProgress): Promise<Pass> {
  const { point } = context;
  const { keys } = point.target;
  const compared = new Set(verify.sample.map(({ key }) => keyText(key, keys)));
  const seen = { ...verify.seen };
  const sample = new MismatchSample(verify.sample);
  const repeated = sumsTell(point) ? surplus(verify.expectedParts, verify.actualParts) : new Set<string>();
  const foreign = sumsTell(point) ? surplus(verify.actualParts, verify.expectedParts) : new Set<string>();
  const end = await readBoth(context, verify, foreign.size > 0, {
    source: (rows) => {
      for (const row of rows) {
        const text = row.keyText;
        if (repeated.has(row.hash) && !compared.has(text) && seen[text] === undefined) {
          sample.add({ key: row.key, problem: 'collision', fields: {} } as Mismatch);
          seen[text] = 1;
        } else if (compared.has(text)) seen[text] = (seen[text] ?? 0) + 1;
      }
    },
    target: (records) => {
      for (const record of records) {
        if (foreign.has(recordHash(record)))
          sample.add({ key: keyOf(record, keys), problem: 'unexpected', fields: fieldDifferences({}, record) } as Mismatch);
      }
    },
  });
  const named = { ...verify, ...end.state, sample: [...sample.all], seen };
  return { verify: end.done ? { ...named, ...labelled(context, named) } : named, done: end.done };
}

function labelled({ point, segments }: VerifyContext, verify: VerifyProgress) {
  const { sample, seen, mismatches } = verify;
  const all = sample.map((one) =>
    (seen[keyText(one.key, point.target.keys)] ?? 0) > 1 ? { ...one, problem: 'collision' as const } : one,
  );
  // What the application wrote into a live target is no mismatch, where all that was migrated is accounted for.
  const told = point.live && accountedFor(point, segments, verify);
  const telling = told ? all.filter(({ problem }) => problem === 'collision') : all;
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
