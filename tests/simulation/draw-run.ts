import type { SimComponent } from './receiver.ts';
import type { SimRun } from './scenario.ts';
import { CHAOS_MS, type Random } from './scheduler.ts';

export function drawRun(random: Random, index: number): SimRun {
  const phases = Array.from({ length: random.between(1, 2) }, (_, phase) =>
    Array.from({ length: random.between(1, 2) }, (_, component) => drawComponent(random, `c${phase}${component}`)),
  );
  return {
    key: `run${index}`,
    startsAt: index === 0 ? 0 : random.between(0, CHAOS_MS / 2),
    startedTwice: random.chance(0.2),
    onFailure: random.pick(['rollback', 'rollback', 'stop']),
    resources: random.pick([['a'], ['a', 'b'], ['b'], ['a', 'c']]),
    flags: [],
    phases,
  };
}

export function drawComponent(random: Random, name: string): SimComponent {
  const steps = random.between(1, 3);
  return {
    name,
    steps,
    effect: random.pick(['idempotent', 'probeable', 'probeable', 'manual']),
    segments: random.chance(0.3) ? 2 : 0,
    undoable: !random.chance(0.1),
    failsAt: random.chance(0.2) ? random.between(0, steps - 1) : -1,
  };
}

/** One component of the run shifts the flag rather than calling a receiver. */
export function shifting(random: Random, run: SimRun): SimRun {
  const chosen = random.pick(run.phases.flat()).name;
  const phases = run.phases.map((phase) =>
    phase.map((component) =>
      component.name === chosen
        ? {
            ...component,
            flag: 'f',
            rollbackWindow: random.pick([0, 60_000, CHAOS_MS]),
            effect: 'idempotent' as const,
            steps: random.between(1, 4),
            segments: 0,
            undoable: true,
            failsAt: -1,
          }
        : component,
    ),
  );
  return { ...run, phases, flags: ['f'], resources: [...run.resources, 'flag:f'] };
}
