import { FlagInvalidError } from '../../shared/api/api-errors.ts';
import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { fromSimple } from '../../shared/flags/simple-flag.ts';
import { completes, requireWindowClosed } from '../../shared/rollout/no-way-back.ts';
import type { FlagDocument } from '../../shared/run/flag-state.ts';
import { loadFlag, putFlag } from '../../shared/run/put-flag.ts';
import { compiled, viewOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** While a run shifts it an item holds a flag three times, as it is, as it was and in its last event, and no more than 400 KB. */
const MOST_BYTES = 64_000;

const core: ApiCore<'put-flag'> = async ({ key, environment: named, flag, simple, reason, ifRev }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  const definition = simple ? fromSimple(simple) : flag;
  const document = JSON.parse(JSON.stringify(definition)) as FlagDocument;
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > MOST_BYTES) {
    const message = `The flag has ${bytes} bytes; at most ${MOST_BYTES} are kept. Name long lists by an attribute instead.`;
    throw new FlagInvalidError([{ code: 'TOO_LARGE', path: [], message }]);
  }
  // Refused here rather than by whoever evaluates it: a rule that cannot be compiled serves nobody.
  compiled(deps, { flags: { [key]: document } }, environment);
  if (completes(document)) {
    const found = await loadFlag(deps.store, environment, key);
    if (found) await requireWindowClosed({ store: deps.store, now: deps.clock.now() }, found);
  }
  return viewOf(await putFlag(deps, { environment, key, document, actor, reason, ifRev }));
};

export const create = apiFunction(flagEndpoints['put-flag'], core);
export const handler = onAws(create);
