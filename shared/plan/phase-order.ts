/** A phase as far as its order is concerned. */
export interface Ordered {
  readonly name: string;
  readonly after: readonly string[];
}

/**
 * The phases in levels: each phase stands in the first level after all that it waits for; within a level they keep
 * the plan's order. The plan has been parsed, so it has no cycle.
 */
export function orderPhases<Phase extends Ordered>(plan: { readonly phases: readonly Phase[] }): Phase[][] {
  const levelOf = new Map<string, number>();
  const levels: Phase[][] = [];
  let waiting = plan.phases;
  while (waiting.length > 0) {
    const ready = waiting.filter((phase) => phase.after.every((name) => levelOf.has(name)));
    if (ready.length === 0) throw new TypeError(`phases wait for each other: ${waiting.map(({ name }) => name).join(', ')}`);
    for (const phase of ready) levelOf.set(phase.name, levels.length);
    levels.push(ready);
    waiting = waiting.filter((phase) => !ready.includes(phase));
  }
  return levels;
}

export interface Cycle {
  /** Each waits for the next; the last waits for the first. The one that comes first in the plan stands first. */
  readonly names: readonly string[];
}

/** Circles of phases that wait for each other: one for each dependency that closes a circle. */
export function findCycles(phases: readonly Ordered[]): Cycle[] {
  const byName = new Map(phases.map((phase) => [phase.name, phase]));
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: Cycle[] = [];
  const visit = (phase: Ordered): void => {
    if (done.has(phase.name)) return;
    const start = path.indexOf(phase.name);
    if (start >= 0) {
      cycles.push({ names: fromFirst(path.slice(start), phases) });
      return;
    }
    path.push(phase.name);
    for (const name of phase.after) {
      const next = byName.get(name);
      if (next !== undefined) visit(next);
    }
    path.pop();
    done.add(phase.name);
  };
  phases.forEach(visit);
  return cycles;
}

function fromFirst(circle: readonly string[], phases: readonly Ordered[]): string[] {
  const first = phases.find(({ name }) => circle.includes(name));
  const start = circle.indexOf(first?.name ?? '');
  return [...circle.slice(start), ...circle.slice(0, start)];
}
