import { createHash } from 'node:crypto';
import { PreparationError } from '../shared/errors/run-errors.ts';
import { canonicalJson } from '../shared/plan/canonical-json.ts';
import { orderPhases } from '../shared/plan/phase-order.ts';
import type { Plan } from '../shared/plan/plan.ts';
import type { Artefacts } from '../shared/ports/artefacts.ts';

const keyOf = (digest: string): string => `plans/${digest}.json`;

/** Plans that each function has read, by digest; a plan never changes. The oldest goes first. */
const read = new WeakMap<Artefacts, Map<string, Plan>>();
const KEPT = 20;

export async function storePlan(artefacts: Artefacts, plan: Plan, digest: string): Promise<void> {
  await artefacts.putOnce(keyOf(digest), new TextEncoder().encode(canonicalJson(plan)));
}

/** The plan of a digest, exactly as it was stored. Throws PreparationError where it is gone or was changed. */
export async function loadPlan(artefacts: Artefacts, digest: string): Promise<Plan> {
  const known = read.get(artefacts) ?? new Map<string, Plan>();
  read.set(artefacts, known);
  const held = known.get(digest);
  if (held) return held;
  const body = await artefacts.get(keyOf(digest));
  if (!body) throw new PreparationError(`The plan ${digest} is not among the artefacts.`, { next: `Restore ${keyOf(digest)}.` });
  if (createHash('sha256').update(body).digest('hex') !== digest) {
    throw new PreparationError(`The plan ${digest} was changed since it was stored.`, { next: `Restore ${keyOf(digest)}.` });
  }
  const plan = JSON.parse(new TextDecoder().decode(body)) as Plan;
  known.set(digest, plan);
  for (const oldest of known.keys()) {
    if (known.size <= KEPT) break;
    known.delete(oldest);
  }
  return plan;
}

/** Components as a run lists them: in the order of the phases. */
export const plannedComponents = (plan: Plan): { name: string; kind: string; phase: string }[] =>
  orderPhases(plan)
    .flat()
    .flatMap((phase) => phase.components.map(({ name, kind }) => ({ name, kind, phase: phase.name })));
