import { drawComponent, drawRun, shifting } from './draw-run.ts';
import type { Command, Scenario } from './scenario.ts';
import { type Random, STARTS_AT } from './scheduler.ts';

const ASKED: readonly Command[] = ['part', 'part', 'part', 'part', 'trip', 'pause', 'rollback', 'retry', 'reconcile'];

/**
 * Runs of several phases on one lock, and people who take back components of them: once they have succeeded or rest, one after the other, twice at
 * once, while the whole run is taken back or goes on, and when another run has come since. Alarms fire meanwhile.
 */
export function drawParts(random: Random): Scenario {
  const rough = random.pick([0, 1, 3]);
  const runs = Array.from({ length: random.between(1, 2) }, (_, index) => {
    const run = {
      ...drawRun(random, index),
      startsAt: random.between(0, index * 60_000),
      resources: ['a'],
      phases: Array.from({ length: random.between(2, 3) }, (_none, phase) =>
        Array.from({ length: random.between(1, 2) }, (_nothing, at) => {
          const component = drawComponent(random, `c${phase}${at}`);
          return random.chance(0.7) ? { ...component, failsAt: -1 } : component;
        }),
      ),
    };
    return random.chance(0.5) ? shifting(random, run) : run;
  });
  const when = () =>
    STARTS_AT + random.pick([random.between(500, 12_000), random.between(0, 60_000), random.between(0, 300_000)]);
  // A run that has lost a lock may rest for good, and its flag with it.
  const asked = runs.some(({ flags }) => flags.length > 0) ? ASKED : [...ASKED, 'break' as const];
  const commands = Array.from({ length: random.between(2, 7) }, () => {
    const run = random.pick(runs);
    const what = random.pick<Command>(asked);
    return { at: when(), what, run: run.key, component: random.pick(run.phases.flat()).name };
  }).flatMap((command) =>
    random.chance(0.4)
      ? [command, { ...command, at: command.at + random.pick([0, random.between(0, 3000), random.between(0, 60_000)]) }]
      : [command],
  );
  return {
    runs,
    commands,
    faults: {
      crash: 0.002 * rough,
      stall: random.pick([0, 0.01, 0.04]),
      lost: 0.005 * rough,
      late: random.pick([0, 0.03]),
      executionDies: 0.002 * rough,
      duplicates: random.pick([0, 0.3]),
    },
  };
}
