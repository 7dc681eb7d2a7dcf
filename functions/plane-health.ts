import { readQueue } from '../shared/admission/queue-state.ts';
import { type Health, type PartHealth, statusOf } from '../shared/api/health.ts';
import { haltKey, queueKey } from '../shared/run/keys.ts';
import type { Deps } from './deps.ts';

/** What a part has to answer within, ms. */
const PATIENCE = 3000;
/** A name that neither an execution nor a schedule has: that there is none is an answer. */
const NOBODY = 'health';

/** Asks every part at once. Never throws; three requests in all. */
export async function readHealth(deps: Deps): Promise<Health> {
  const { store, workflow, scheduler, environment } = deps;
  const [items, described, timer] = await Promise.all([
    asked(deps, () => store.readMany([queueKey, haltKey(environment)])),
    asked(deps, () => workflow.describe(workflow.arnOf('run', NOBODY))),
    asked(deps, () => scheduler.has(environment, NOBODY)),
  ]);
  const checks = { store: part(items, true), workflow: part(described, true), scheduler: part(timer, false) };
  return { status: statusOf(checks), environment, checks, ...('answer' in items ? told(items.answer) : {}) };
}

type Asked<Answer> = { readonly answer: Answer } | { readonly problem: string };

async function asked<Answer>({ clock }: Pick<Deps, 'clock'>, ask: () => Promise<Answer>): Promise<Asked<Answer>> {
  const enough = new AbortController();
  const late = clock.sleep(PATIENCE, enough.signal).then(
    () => ({ problem: `It gave no answer within ${PATIENCE / 1000} s.` }),
    () => ({ problem: 'It was not waited for.' }),
  );
  const answer = async () => ({ answer: await ask() });
  const answered = answer().catch((error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) }));
  return Promise.race([answered, late]).finally(() => enough.abort());
}

/** A part that tells itself how it is. Runs go on without it. */
export async function askPart<Told extends PartHealth | undefined>(
  deps: Pick<Deps, 'clock'>,
  ask: () => Promise<Told>,
): Promise<Told | PartHealth> {
  const found = await asked(deps, ask);
  return 'answer' in found ? found.answer : part(found, false);
}

const part = (found: Asked<unknown>, vital: boolean): PartHealth =>
  'answer' in found ? { status: 'ok', vital } : { status: 'failing', vital, problem: found.problem };

function told([queue, halt]: Awaited<ReturnType<Deps['store']['readMany']>>): Pick<Health, 'queue' | 'halted'> {
  const { places } = readQueue(queue);
  const waiting = places.filter(({ heldSince }) => heldSince === undefined);
  const oldest = waiting.map(({ at }) => at).toSorted((a, b) => a - b)[0];
  const queued = { underWay: places.length - waiting.length, waiting: waiting.length };
  return { queue: { ...queued, ...(oldest === undefined ? {} : { oldestSince: oldest }) }, halted: halt?.['active'] === true };
}
