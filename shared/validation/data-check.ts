import * as z from 'zod';
import { inProcess } from '../batch/apply-transform.ts';
import { PreparationError } from '../errors/run-errors.ts';
import { canonicalJson } from '../plan/canonical-json.ts';
import type { Check } from '../plan/plan.ts';
import { canonicalRecord } from '../ports/canonical-record.ts';
import type { RecordTransform, Transformed } from '../ports/record-transform.ts';
import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';
import { messageOf } from '../run/work-steps.ts';
import type { CheckContext, CheckDeps, CheckSlice } from './check-context.ts';
import { judge } from './check-result.ts';

export type DataCheck = Extract<Check, { type: 'data' }>;

/** Records of one scan, and keys of one read. */
const PAGE = 500;
const KEYS = 100;
const EXAMPLES = 3;

const carried = z.object({
  cursor: z.string().exactOptional(),
  compared: z.number(),
  differing: z.number(),
  examples: z.array(z.string()),
});
type Carried = z.output<typeof carried>;

interface Sides {
  readonly table: string;
  readonly keys: readonly string[];
  readonly transform: RecordTransform;
}

/**
 * The share of records of `from`, transformed, that `to` does not hold as they should be: missing there, or other in any
 * attribute. Reads page by page and consistently; a record whose transform throws counts as one that differs.
 */
export async function runDataCheck(
  deps: CheckDeps,
  check: DataCheck,
  { sample }: Pick<CheckContext, 'sample'>,
  until: number,
  carry?: Value,
): Promise<CheckSlice> {
  const shape = await deps.tables.shape(check.to);
  if (!shape) throw new PreparationError(`There is no table ${check.to}`, { next: 'Create it, or correct the check.' });
  const transform = check.transform === undefined ? same : await deps.transformOf(check.transform);
  const sides = { table: check.to, keys: shape.keys, transform };
  if (sample !== undefined) return compareSample(deps, check, sides, sample, until);
  let at: Carried = carry === undefined ? { compared: 0, differing: 0, examples: [] } : carried.parse(carry);
  do {
    const cursor = at.cursor === undefined ? {} : { cursor: at.cursor };
    const page = await deps.tables.scan(check.from, { segment: 0, segments: 1, limit: PAGE, consistent: true, ...cursor });
    const found = await differences(deps, sides, page.records);
    at = {
      compared: at.compared + page.records.length,
      differing: at.differing + found.length,
      examples: [...at.examples, ...found].slice(0, EXAMPLES),
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    };
  } while (at.cursor !== undefined && deps.clock.now() < until);
  return at.cursor === undefined ? { result: verdict(check, at) } : { carry: { ...at } };
}

/** A table is sampled in so many of its parts, each of them a few records. */
const PARTS = 16;

/** Records from all over the table, other ones each time: the first page alone would be the neighbours of one key. All of it where it holds fewer. */
async function compareSample(deps: CheckDeps, check: DataCheck, sides: Sides, size: number, until: number): Promise<CheckSlice> {
  const first = Math.floor(deps.ids.random() * PARTS);
  const left: { segment: number; cursor?: string }[] = Array.from({ length: PARTS }, (_, at) => ({
    segment: (first + at) % PARTS,
  }));
  const at = { compared: 0, differing: 0, examples: [] as string[] };
  for (let part = left.shift(); part !== undefined && at.compared < size; part = left.shift()) {
    const limit = Math.min(Math.ceil(size / PARTS), size - at.compared, PAGE);
    const page = await deps.tables.scan(check.from, { ...part, segments: PARTS, limit, consistent: true });
    const found = await differences(deps, sides, page.records);
    at.compared += page.records.length;
    at.differing += found.length;
    at.examples = [...at.examples, ...found].slice(0, EXAMPLES);
    if (page.cursor !== undefined) left.push({ segment: part.segment, cursor: page.cursor });
    if (at.compared < size && left.length > 0 && deps.clock.now() >= until) return { carry: at };
  }
  return { result: verdict(check, at) };
}

const same = inProcess((record) => record);

const verdict = (check: DataCheck, { compared, differing, examples }: Carried) =>
  judge(check, {
    value: compared === 0 ? 0 : differing / compared,
    limit: check.limit,
    is: '<=',
    sample: compared,
    minSample: check.minSample,
    detail: [`${differing} of ${compared} records differ`, ...examples].join('; '),
  });

/** What is wrong with each record that differs, in words; keys only, since values may be nobody's business. */
async function differences(deps: CheckDeps, sides: Sides, records: readonly DataRecord[]): Promise<string[]> {
  const expected = (await sides.transform(records)).map((answer) => expectedOf(sides, answer));
  const wanted = new Map(expected.flatMap((entry) => ('records' in entry ? entry.records : [])).map(({ id, key }) => [id, key]));
  const held = await read(deps, sides, [...wanted.values()]);
  return expected.flatMap((entry) => {
    if ('wrong' in entry) return [entry.wrong];
    const odd = entry.records.find(({ id, text }) => held.get(id) !== text);
    return odd === undefined ? [] : [`${odd.id} ${held.has(odd.id) ? 'is another' : 'is missing'}`];
  });
}

type Expected =
  | { readonly records: readonly { readonly id: string; readonly key: DataRecord; readonly text: string }[] }
  | { readonly wrong: string };

function expectedOf({ keys }: Sides, answer: Transformed): Expected {
  if ('error' in answer) return { wrong: `the transform failed: ${answer.error}` };
  try {
    const made = answer.made as readonly DataRecord[];
    return { records: made.map((one) => ({ ...identified(keys, one), text: canonicalJson(canonicalRecord(one)) })) };
  } catch (error) {
    return { wrong: `the transform failed: ${messageOf(error)}` };
  }
}

async function read(deps: CheckDeps, { table, keys }: Sides, wanted: readonly DataRecord[]): Promise<Map<string, string>> {
  const chunks = Array.from({ length: Math.ceil(wanted.length / KEYS) }, (_, at) => wanted.slice(at * KEYS, (at + 1) * KEYS));
  const found = await Promise.all(chunks.map((chunk) => deps.tables.get(table, chunk)));
  return new Map(found.flat().map((record) => [identified(keys, record).id, canonicalJson(canonicalRecord(record))]));
}

function identified(keys: readonly string[], record: DataRecord): { id: string; key: DataRecord } {
  const missing = keys.find((name) => record[name] === undefined);
  if (missing !== undefined) throw new PreparationError(`A record has no '${missing}', a key of the table`);
  const key = canonicalRecord(Object.fromEntries(keys.map((name) => [name, record[name] ?? null])));
  return { id: canonicalJson(key), key };
}
