import type { Value } from '../../shared/ports/store.ts';
import type { Catcher } from './definition.ts';
import type { StateError } from './errors.ts';
import { checkPayload } from './payload.ts';
import { covers } from './retry.ts';
import type { Step, Visit } from './visit.ts';

/** The step of the first catcher that covers the error; undefined where none does. */
export async function takeCatcher(catchers: readonly Catcher[], error: StateError, visit: Visit): Promise<Step | undefined> {
  const index = catchers.findIndex((catcher) => covers(catcher.ErrorEquals, error));
  const catcher = catchers[index];
  if (catcher === undefined) return undefined;
  const errorOutput: Value = { Error: error.name, ...(error.reason === undefined ? {} : { Cause: error.reason }) };
  const around = { errorOutput };
  const output =
    catcher.Output === undefined ? errorOutput : await visit.evaluate(catcher.Output, `Catch[${index}]/Output`, around);
  const assigned = await visit.assign(catcher.Assign, `Catch[${index}]/Assign`, around);
  return { next: catcher.Next, output: checkPayload(output, visit.name), assigned };
}
