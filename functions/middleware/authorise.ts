import type { Access } from '../../shared/access/access.ts';
import { EnvironmentNotFoundError, ForbiddenError } from '../../shared/access/access-errors.ts';
import { type Caller, decideAccess, EVERYWHERE, holdsEverywhere, type Verdict } from '../../shared/access/caller.ts';
import { denialWrite } from '../../shared/access/denial.ts';
import { alertNotFound } from '../../shared/errors/told-errors.ts';
import type { Store } from '../../shared/ports/store.ts';
import { alertKey, runKey } from '../../shared/run/keys.ts';
import { runNotFound } from '../../shared/run/run-access.ts';
import { readRun } from '../../shared/run/run-state.ts';
import type { Deps } from '../deps.ts';
import { logDenial, logFault } from './invocation.ts';

/** A call that waits to be let in. */
export interface Asked {
  readonly route: string;
  readonly access: Access;
  readonly caller: Caller;
  readonly input: unknown;
  readonly requestId: string;
  /** Where it would act, for an endpoint whose request says so in words of its own. */
  readonly environmentsOf: () => readonly string[];
}

/** Lets a call pass whose caller has the role that the endpoint takes, there where it acts. Keeps and throws every refusal. */
export async function authorise(asked: Asked, deps: Deps): Promise<void> {
  const { access, caller } = asked;
  if (holdsEverywhere(caller, access.role)) return;
  const verdict = decideAccess(caller, access.role, await placesOf(asked, deps));
  if (verdict.allowed) return;
  await keep(asked, verdict, deps);
  throw refusal(asked, verdict);
}

async function placesOf({ access, input, environmentsOf }: Asked, deps: Deps): Promise<readonly string[]> {
  const { runId, alertId, environment } = namesIn(input);
  switch (access.of) {
    case 'run':
      return [await environmentOf(runId, deps)];
    case 'alert': {
      const item = await deps.store.read(alertKey(alertId));
      if (!item) throw alertNotFound(alertId);
      return [String(item['environment'])];
    }
    case 'environment':
      return [environment ?? deps.environment];
    case 'request':
      return environmentsOf();
    case 'many':
    case 'plane':
      return [];
  }
}

/** By run: where one is never changes, so that whoever looks again and again is let in without reading it. */
const environments = new WeakMap<Store, Map<string, string>>();
const KEPT = 1000;

async function environmentOf(runId: string, { store }: Deps): Promise<string> {
  const known = environments.get(store) ?? new Map<string, string>();
  environments.set(store, known);
  const found = known.get(runId);
  if (found !== undefined) return found;
  const item = await store.read(runKey(runId));
  if (!item) throw runNotFound(runId);
  const { environment } = readRun(item);
  if (known.size >= KEPT) known.clear();
  known.set(runId, environment);
  return environment;
}

/** The schemas of endpoints promise them: tests/unit/shared/api/access.test.ts. */
const namesIn = (input: unknown): { runId: string; alertId: string; environment?: string } => ({
  runId: '',
  alertId: '',
  ...(input as object),
});

type Refused = Extract<Verdict, { allowed: false }>;

/** The log has it whatever becomes of the item, and the caller is refused whatever becomes of either. */
async function keep({ route, access, caller, requestId }: Asked, { environment }: Refused, deps: Deps): Promise<void> {
  const denial = {
    id: deps.ids.next(),
    at: deps.clock.now(),
    actor: caller.actor,
    route,
    takes: access.role,
    ...(environment === undefined ? {} : { environment }),
    requestId,
  };
  logDenial(denial);
  await deps.store.write(denialWrite(denial)).catch((error: unknown) => logFault(error, requestId));
}

function refusal({ access, caller, input, route }: Asked, verdict: Refused): Error {
  const { environment } = verdict;
  if (verdict.hidden) {
    if (access.of === 'run') return runNotFound(namesIn(input).runId);
    if (access.of === 'alert') return alertNotFound(namesIn(input).alertId);
    return new EnvironmentNotFoundError(`There is no environment ${environment}.`, {
      next: 'Name an environment in which you have a role.',
    });
  }
  const where = environment === undefined ? 'any environment' : environment === EVERYWHERE ? 'every environment' : environment;
  const has = verdict.role === undefined ? `has no role in ${where}` : `is ${verdict.role} in ${where}`;
  return new ForbiddenError(`${caller.actor} ${has}; ${route} takes the role ${access.role}.`, {
    next: `Ask whoever gives roles for ${access.role} in ${where}, or come with a token that has it.`,
  });
}
