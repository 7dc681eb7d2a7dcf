import { commit } from '../run/journal.ts';
import { validationKey } from '../run/keys.ts';
import { openWork, settleWork } from '../run/work-access.ts';
import { seizeItem } from '../run/writes.ts';
import type { CheckContext, CheckDeps } from './check-context.ts';
import { type CheckResult, checkResult } from './check-result.ts';

/**
 * Stores a result as an item of its own with its event, so that checks of components and of phases leave the same trace.
 * A later epoch takes the item over first; a writer of an earlier one is refused with SupersededError.
 */
export async function recordValidation(deps: CheckDeps, { writer, scope }: CheckContext, result: CheckResult): Promise<void> {
  const key = validationKey(writer.runId, scope, result.name);
  const found = await deps.store.read(key);
  if (found && Number(found['epoch']) < writer.epoch) await commit(deps, seizeItem(key, writer.epoch, 'forward'));
  const set = { result: { ...result }, scope, at: deps.clock.now() };
  const work = await openWork(deps, writer, key, { type: 'validationRecorded', data: { scope, ...result } }, set);
  await settleWork(deps, work);
}

/** What is stored of these checks, in their order; those that were not carried out are left out. */
export async function readValidations(
  deps: Pick<CheckDeps, 'store'>,
  runId: string,
  scope: string,
  names: readonly string[],
): Promise<readonly CheckResult[]> {
  const items = await deps.store.readMany(names.map((name) => validationKey(runId, scope, name)));
  return items.flatMap((item) => (item === undefined ? [] : [checkResult.parse(item['result'])]));
}
