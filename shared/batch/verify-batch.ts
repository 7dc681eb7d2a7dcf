import { formatPercent } from '../notation/quantities.ts';
import type { Value } from '../ports/store.ts';
import { requireWork } from '../run/component-end.ts';
import { readGate } from '../run/gate.ts';
import type { Slice, SliceOutcome } from '../run/steps.ts';
import { changeWork, settleWork, type Work } from '../run/work-access.ts';
import { type BatchDeps, type BatchJob, type BatchPoint, readPoint } from './batch-job.ts';
import {
  type BatchTotals,
  readBatchProgress,
  readSegments,
  totalsOf,
  type Verification,
  type VerifyProgress,
} from './batch-progress.ts';
import { type ChecksumText, NO_RECORDS, sameChecksum } from './checksum.ts';
import { tellResourceUpdated } from './resource-updated.ts';
import { accountedFor, sidesOf, sourceChanged } from './sides.ts';
import { FIRST_SWEEP } from './sweep.ts';
import { comparePass, namePass, sumPass, type VerifyContext } from './verify-passes.ts';

/** `outputs` is what later components may read of the batch. */
export type VerifyOutcome = Exclude<SliceOutcome, { outcome: 'done' }> | { readonly outcome: 'done'; readonly outputs: Value };

/**
 * Verifies everything that a batch did: the checksum of what should be in the target against that of what is. `failed` where
 * more records are in quarantine than tolerated, or anything does not match. Call it again while it answers `more`.
 */
export async function verifyBatch(deps: BatchDeps, job: BatchJob, slice: Slice): Promise<VerifyOutcome> {
  const work = await requireWork(deps, job.writer, job.component.name);
  const segments = await readSegments(deps, job, work.state.segments ?? 0);
  const totals = totalsOf(segments);
  const refused = tooMany(job, totals);
  if (refused) return refused;
  const { verification, verify } = readBatchProgress(work.state);
  if (verification?.mismatches === 0) return { outcome: 'done', outputs: outputsOf(totals, verification) };
  const gate = await readGate(deps.store, job.writer.runId, job.environment);
  if (gate !== 'open') return { outcome: gate };
  const context = { deps, job, point: readPoint(work.state), segments, slice };
  return pass(context, work, verify ?? FIRST_VERIFY, totals);
}

const FIRST_VERIFY: VerifyProgress = {
  phase: 'sums',
  sweep: FIRST_SWEEP,
  produced: NO_RECORDS,
  actual: NO_RECORDS,
  mismatches: 0,
  sample: [],
  expectedParts: [],
  actualParts: [],
  seen: {},
};

const PASSES = { sums: sumPass, compare: comparePass, name: namePass };
const NEXT = { sums: 'compare', compare: 'name' } as const;

/** Goes through as many passes as the slice has time for. */
async function pass(context: VerifyContext, work: Work, from: VerifyProgress, totals: BatchTotals): Promise<VerifyOutcome> {
  const { verify, done } = await PASSES[from.phase](context, from);
  if (!done) return keep(context.deps, work, verify);
  const next = furtherPass(context, verify);
  if (next) return pass(context, work, { ...verify, phase: next, sweep: FIRST_SWEEP }, totals);
  return conclude(context, work, verify, totals);
}

/**
 * Equal sums prove an empty target right. Where the target held records before, or is live, a record that took another one's
 * place can hide in what was there before: then each is compared.
 */
function furtherPass({ point, segments }: VerifyContext, verify: VerifyProgress): 'compare' | 'name' | undefined {
  if (verify.phase === 'name') return undefined;
  const same = accountedFor(point, segments, verify);
  if (verify.phase === 'compare') return (same || point.live) && verify.sample.length === 0 ? undefined : NEXT.compare;
  return same && point.before.count === 0 && !point.live ? undefined : NEXT.sums;
}

async function conclude(context: VerifyContext, work: Work, verify: VerifyProgress, totals: BatchTotals): Promise<VerifyOutcome> {
  const { deps, point, segments } = context;
  const { expected, actual } = sidesOf(point, segments, verify);
  const changed = !sameChecksum(expected, actual);
  // A live target was looked through for each record that the source makes now.
  const unexplained = changed && !point.live ? Math.max(1, Math.abs(expected.count - actual.count)) : 0;
  const verification: Verification = {
    compared: verify.produced.count,
    mismatches: Math.max(verify.mismatches, unexplained),
    sample: verify.sample,
    expected,
    actual,
  };
  const data = { ...verification, sample: verification.sample.slice(0, SAMPLE_IN_EVENT) } as unknown as { [name: string]: Value };
  const progress = { ...readBatchProgress(work.state), verification } as Record<string, unknown>;
  delete progress['verify'];
  const next = await changeWork(deps, work, { type: 'validationRecorded', data }, { set: { progress: progress as Value } });
  await settleWork(deps, next);
  if (verification.mismatches === 0) {
    await tellResourceUpdated(deps, next, point.target.table, { records: totals.records.written, back: false });
    return { outcome: 'done', outputs: outputsOf(totals, verification) };
  }
  const why = sourceChanged(point, segments, verify) ? `; ${point.source.table} has changed since it was migrated` : '';
  return { outcome: 'failed', code: 'VERIFICATION_FAILED', message: `${describe(point, verification)}${why}` };
}

const SAMPLE_IN_EVENT = 5;

function describe(point: BatchPoint, { compared, mismatches, sample, expected, actual }: Verification): string {
  const named = sample.slice(0, SAMPLE_IN_EVENT).map(({ key, problem }) => `${JSON.stringify(key)} (${problem})`);
  const where = named.length > 0 ? `: ${named.join(', ')}` : checksums(expected, actual);
  return `${mismatches} of ${compared} records are not in ${point.target.table} as they should be${where}`;
}

const checksums = (expected: ChecksumText, actual: ChecksumText): string =>
  `: ${expected.count} records (checksum ${expected.sum}) were expected, ${actual.count} (${actual.sum}) found`;

async function keep(deps: BatchDeps, work: Work, verify: VerifyProgress): Promise<VerifyOutcome> {
  const progress = { ...readBatchProgress(work.state), verify } as unknown as Value;
  const data = { verifying: verify.phase, compared: verify.produced.count };
  await settleWork(deps, await changeWork(deps, work, { type: 'checkpointCreated', data }, { set: { progress } }));
  return { outcome: 'more' };
}

function tooMany({ component }: BatchJob, { records }: BatchTotals): VerifyOutcome | undefined {
  const { quarantined, read } = records;
  if (quarantined === 0 || quarantined <= component.tolerate * read) return undefined;
  const message = `${quarantined} of ${read} records are in quarantine; ${formatPercent(component.tolerate)} are tolerated`;
  return { outcome: 'failed', code: 'TOO_MANY_QUARANTINED', message };
}

function outputsOf({ records, unchanged, writes }: BatchTotals, verification: Verification): Value {
  const { compared, mismatches, expected } = verification;
  return {
    records: { ...records },
    unchanged,
    writes: { ...writes },
    verification: { compared, mismatches, checksum: expected },
  };
}
