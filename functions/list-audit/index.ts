import { type AuditEntry, auditEndpoints } from '../../shared/api/audit-endpoints.ts';
import { auditMonth, environmentIn, environmentOfRun, monthBefore } from '../../shared/audit/audit-index.ts';
import { CursorUnknownError } from '../../shared/errors/store-errors.ts';
import type { Item } from '../../shared/ports/store.ts';
import { eventKey } from '../../shared/run/keys.ts';
import { readAll } from '../../shared/run/read-all.ts';
import { readRun } from '../../shared/run/run-state.ts';
import type { Deps } from '../deps.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** Where nothing is said of the beginning, ms. */
const LOOKS_BACK = 400 * 24 * 3600 * 1000;
/** Pages that one call looks through: with a narrow filter most are for nothing. */
const MOST_PAGES = 20;

const core: ApiCore<'list-audit'> = async ({ limit, cursor, actor, type, since }, deps, { sees }) => {
  const from = since ?? deps.clock.now() - LOOKS_BACK;
  const entries: AuditEntry[] = [];
  let place: Place | undefined = cursor === undefined ? { month: auditMonth(deps.clock.now()) } : placeIn(cursor);
  for (let pages = 0; place !== undefined && entries.length < limit && pages < MOST_PAGES; pages += 1) {
    const { month, after }: Place = place;
    const room = { limit: limit - entries.length, descending: true, ...(after === undefined ? {} : { cursor: after }) };
    const page = await deps.store.listIndex('listing', month, room);
    const wanted = (await told(deps, page.items)).filter(
      (entry) =>
        entry.at >= from &&
        (actor === undefined || entry.actor === actor) &&
        (type === undefined || entry.type === type) &&
        sees(entry.environment ?? '*'),
    );
    entries.push(...wanted);
    const before = monthBefore(month);
    if (page.cursor !== undefined) place = { month, after: page.cursor };
    else place = before >= auditMonth(from) ? { month: before } : undefined;
  }
  return { entries, ...(place === undefined ? {} : { cursor: Buffer.from(JSON.stringify(place)).toString('base64url') }) };
};

interface Place {
  readonly month: string;
  readonly after?: string;
}

function placeIn(cursor: string): Place {
  try {
    const { month, after } = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Partial<Place>;
    const fits = /^audit#\d{4}-\d{2}$/.test(month ?? '') && ['string', 'undefined'].includes(typeof after);
    if (fits && month !== undefined) return { month, ...(after === undefined ? {} : { after }) };
  } catch {
    // Told below.
  }
  throw new CursorUnknownError();
}

async function told(deps: Deps, items: readonly Item[]): Promise<AuditEntry[]> {
  const runs = [...new Set(items.map(({ pk }) => pk).filter((pk) => pk.startsWith('RUN#')))];
  const environments = await environmentsOf(deps, runs);
  return items.map((item) => {
    const data = (item['data'] ?? {}) as AuditEntry['data'];
    const environment = environmentOf(item.pk, data) ?? environments.get(item.pk);
    return {
      at: Number(item['at']),
      actor: String(item['actor']),
      type: String(item['type']),
      of: item.pk,
      ...(environment === undefined ? {} : { environment }),
      ...(item.pk.startsWith('RUN#') ? { runId: item.pk.slice('RUN#'.length) } : {}),
      data,
    };
  });
}

/** Of runs, those that were removed among them. */
async function environmentsOf({ store }: Deps, runs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const key = (pk: string) => ({ pk, sk: 'RUN' });
  const found = await readAll(store, runs.map(key));
  const known = new Map(found.flatMap((run) => (run ? [[run.pk, readRun(run).environment] as const] : [])));
  const gone = runs.filter((pk) => !known.has(pk));
  const first = await readAll(
    store,
    gone.map((pk) => eventKey(key(pk), 1)),
  );
  for (const [at, pk] of gone.entries()) {
    const environment = environmentOfRun(first[at]);
    if (environment !== undefined) known.set(pk, environment);
  }
  return known;
}

function environmentOf(pk: string, data: AuditEntry['data']): string | undefined {
  const named = environmentIn(pk);
  if (named !== undefined) return named;
  const names = pk.startsWith('DENIED#') || pk.startsWith('WEBHOOK#');
  return names && typeof data['environment'] === 'string' ? data['environment'] : undefined;
}

export const create = apiFunction(auditEndpoints['list-audit'], core);
export const handler = onAws(create);
