import { pathToFileURL } from 'node:url';
import { PreparationError } from '../../../shared/errors/run-errors.ts';
import { UserFunctionError } from '../../../shared/errors/user-code-errors.ts';
import type { Transform } from '../../../shared/plan/define-task.ts';
import { thrownBy } from '../../../shared/task/thrown.ts';
import { moduleFile } from './module-file.ts';

/**
 * Loads a transform into this very process, since it is called once a record; in exchange nothing ends one that never
 * returns. A changed file is loaded anew (what it imports is not). Throws PreparationError or UserFunctionError.
 */
export async function loadTransform(baseDir: string, ref: string): Promise<Transform> {
  const module = moduleFile(baseDir, ref);
  if (!module) throw new PreparationError(`There is no ${ref} in ${baseDir}`, { next: 'Check the reference in the plan.' });
  const url = pathToFileURL(module.path);
  url.searchParams.set('version', module.version);
  const loaded = await load(url.href, ref);
  const found = Object.hasOwn(loaded, module.exported) ? loaded[module.exported] : undefined;
  if (typeof found === 'function') return found as Transform;
  const fact = found === undefined ? 'does not exist' : 'is no function';
  throw new PreparationError(`${ref} ${fact}`, { next: 'Export a function: one record in, zero or more out.' });
}

const load = async (href: string, ref: string): Promise<Record<string, unknown>> => {
  try {
    return (await import(/* @vite-ignore */ href)) as Record<string, unknown>;
  } catch (error) {
    throw new UserFunctionError(`Loading ${ref}`, thrownBy(error), { cause: error });
  }
};
