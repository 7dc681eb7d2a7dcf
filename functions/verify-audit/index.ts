import { auditEndpoints, type VerifiedItem } from '../../shared/api/audit-endpoints.ts';
import { auditMonth, environmentIn, environmentOfRun } from '../../shared/audit/audit-index.ts';
import { AuditItemNotFoundError } from '../../shared/errors/audit-errors.ts';
import { CursorUnknownError } from '../../shared/errors/store-errors.ts';
import { eventKey, runKey } from '../../shared/run/keys.ts';
import { readRun } from '../../shared/run/run-state.ts';
import type { Deps } from '../deps.ts';
import { type ApiCore, apiFunction, type Call } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { verifyChains } from '../verify-chains.ts';

const core: ApiCore<'verify-audit'> = async ({ of, month, limit, cursor }, deps, call) => {
  if (of === undefined) return verifyMonth(deps, call, month, limit, cursor);
  const found = await verified(deps, call, of);
  if (found !== undefined && found.events > 0) return { items: [found] };
  throw new AuditItemNotFoundError(`There are no events of ${of}.`, { next: 'Take it from the list of: slipway audit' });
};

/** In the order of time, which stays as it is while a month goes on: whatever has an event in it is verified as a whole. */
async function verifyMonth(deps: Deps, call: Call, month: string | undefined, limit: number, cursor: string | undefined) {
  const place =
    cursor === undefined ? { month: month ?? auditMonth(deps.clock.now()).slice('audit#'.length), done: 0 } : placeIn(cursor);
  const { after, done } = place;
  const page = await deps.store.listIndex('listing', `audit#${place.month}`, {
    limit,
    ...(after === undefined ? {} : { cursor: after }),
  });
  // What was refused is an item alone, without a chain.
  const listed = new Set(page.items.map(({ pk }) => pk).filter((pk) => !pk.startsWith('DENIED#')));
  const items: VerifiedItem[] = [];
  for (const [at, of] of [...listed].entries()) {
    if (at < done) continue;
    // One at least is verified by each call, so that it comes to an end.
    if (at > done && deps.clock.now() > call.until) return { items, cursor: cursorOf({ ...place, done: at }) };
    const found = await verified(deps, call, of);
    if (found) items.push(found);
  }
  return page.cursor === undefined ? { items } : { items, cursor: cursorOf({ month: place.month, after: page.cursor, done: 0 }) };
}

async function verified(deps: Deps, { sees }: Call, of: string): Promise<VerifiedItem | undefined> {
  const environment = await environmentOf(deps, of);
  if (!sees(environment ?? '*')) return undefined;
  const { events, broken } = await verifyChains(deps.store, of, deps.clock.now());
  return { of, ...(environment === undefined ? {} : { environment }), events, broken: [...broken] };
}

async function environmentOf({ store }: Deps, of: string): Promise<string | undefined> {
  if (!of.startsWith('RUN#')) return environmentIn(of);
  const key = runKey(of.slice('RUN#'.length));
  const run = await store.read(key);
  return run ? readRun(run).environment : environmentOfRun(await store.read(eventKey(key, 1)));
}

interface Place {
  readonly month: string;
  readonly after?: string;
  /** How many of the page are behind us. */
  readonly done: number;
}

const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function placeIn(cursor: string): Place {
  try {
    const { month = '', after, done = -1 } = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Partial<Place>;
    const fits =
      /^\d{4}-\d{2}$/.test(month) && ['string', 'undefined'].includes(typeof after) && Number.isInteger(done) && done >= 0;
    if (fits) return { month, ...(after === undefined ? {} : { after }), done };
  } catch {
    // Told below.
  }
  throw new CursorUnknownError();
}

export const create = apiFunction(auditEndpoints['verify-audit'], core);
export const handler = onAws(create);
