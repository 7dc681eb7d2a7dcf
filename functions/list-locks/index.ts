import { type HeldLock, lockEndpoints } from '../../shared/api/lock-endpoints.ts';
import { runKey } from '../../shared/run/keys.ts';
import { readAll } from '../../shared/run/read-all.ts';
import { readRun } from '../../shared/run/run-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** The index says who may hold a lock, the lock itself who does. */
const core: ApiCore<'list-locks'> = async ({ limit, cursor }, deps, { sees }) => {
  const page = await deps.store.listIndex('open', 'lock', { limit, ...(cursor === undefined ? {} : { cursor }) });
  const locks = await readAll(
    deps.store,
    page.items.map(({ pk, sk }) => ({ pk, sk })),
  );
  const holderOf = (at: number) => String(locks[at]?.['holder'] ?? '');
  const runs = await readAll(
    deps.store,
    locks.map((_, at) => runKey(holderOf(at))),
  );
  const held = locks.flatMap((lock, at): HeldLock[] => {
    const item = runs[at];
    if (!lock || !item) return [];
    const { environment, status } = readRun(item);
    const resource = lock.pk.slice('LOCK#'.length);
    const facts = { resource, holder: holderOf(at), since: Number(lock['since']), fence: Number(lock['fence']) };
    return sees(environment) ? [{ ...facts, environment, status }] : [];
  });
  return { locks: held, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
};

export const create = apiFunction(lockEndpoints['list-locks'], core);
export const handler = onAws(create);
