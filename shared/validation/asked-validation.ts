import * as z from 'zod';
import { ValidationNotFoundError } from '../errors/validation-errors.ts';
import type { Item, Page, Store, Value } from '../ports/store.ts';
import { create, flushEvent, type JournalDeps } from '../run/journal.ts';
import { askedValidationKey, runKey } from '../run/keys.ts';
import { readable } from '../run/run-state.ts';
import { createItem } from '../run/writes.ts';
import { checkResult } from './check-result.ts';

/** The checks of a phase as a person had them carried out on a sample, whatever the run was doing. */
export const askedValidation = z.object({
  id: z.string(),
  runId: z.string(),
  phase: z.string(),
  /** How many records or requests each check looked at, at most. */
  sampleSize: z.number(),
  /** `fail` where a check failed; `insufficient` where none did, and one could not tell. */
  outcome: z.enum(['pass', 'fail', 'insufficient']),
  /** `scope`: `phase:NAME`, or the component whose checks they are. */
  results: z.array(checkResult.extend({ scope: z.string() })),
  actor: z.string(),
  /** When it began and ended, epoch ms. */
  at: z.number(),
  endedAt: z.number(),
});
export type AskedValidation = z.output<typeof askedValidation>;

export const outcomeOf = (results: AskedValidation['results']): AskedValidation['outcome'] =>
  (['fail', 'insufficient'] as const).find((worse) => results.some(({ outcome }) => outcome === worse)) ?? 'pass';

/** Writes it once, under the run, with an event that says who asked. */
export async function keepAsked(deps: JournalDeps, asked: AskedValidation, epoch: number): Promise<void> {
  const key = askedValidationKey(asked.runId, asked.id);
  const { id, phase, sampleSize, outcome, results } = asked;
  const failed = results.filter((one) => one.outcome !== 'pass').map(({ name }) => name);
  const data = { id, phase, sampleSize, outcome, checks: results.length, failed };
  const draft = { type: 'validationAsked', actor: asked.actor, data } as const;
  const set = { ...(asked as unknown as Record<string, Value>) };
  const made = await create(deps, key, draft, epoch, (all) => createItem(key, epoch, all), set);
  await flushEvent(deps, made.applied ? made.item : undefined);
}

const readAsked = (item: Item): AskedValidation => askedValidation.parse(readable(item));

/** Throws ValidationNotFoundError. */
export async function requireAsked(store: Store, runId: string, id: string): Promise<AskedValidation> {
  const item = await store.read(askedValidationKey(runId, id));
  if (item) return readAsked(item);
  throw new ValidationNotFoundError(`Run ${runId} has no validation ${id}.`, { next: `slipway validations list ${runId}` });
}

/** The latest first. */
export async function listAsked(
  store: Store,
  runId: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Pick<Page, 'cursor'> & { readonly validations: readonly AskedValidation[] }> {
  const from = cursor === undefined ? {} : { cursor };
  const page = await store.list(runKey(runId).pk, { prefix: askedValidationKey(runId, '').sk, descending: true, limit, ...from });
  return { validations: page.items.map(readAsked), ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
}
