import { drawComponent, drawRun, shifting } from './draw-run.ts';
import { drawParts } from './part-scenario.ts';
import { BREAK_SEEDS, type Command, PART_SEEDS, QUEUE_SEEDS, type Scenario, type SimRun } from './scenario.ts';
import { CHAOS_MS, type Random, STARTS_AT } from './scheduler.ts';

export function draw(random: Random, seed: number): Scenario {
  if (seed >= PART_SEEDS) return drawParts(random);
  if (seed >= BREAK_SEEDS) return drawBreaks(random);
  if (seed >= QUEUE_SEEDS) return drawQueue(random);
  return random.pick([drawTakeovers, drawContention, drawRegrets, drawTrips, drawTrips, drawMixed, drawMixed])(random);
}

/**
 * One run without faults of its own, taken over again and again, in a world of long stalls and double deliveries:
 * what wakes up belongs to an epoch that is long gone.
 */
function drawTakeovers(random: Random): Scenario {
  const runs = Array.from({ length: random.between(1, 2) }, (_, index) => ({ ...drawRun(random, index), resources: ['a'] }));
  const begins = random.between(100, 2000);
  const commands = Array.from({ length: random.between(2, 4) }, (_, index) => ({
    at: begins + index * random.between(50, 3000),
    what: random.pick<Command>(['retry', 'retry', 'rollback', 'reconcile', 'pause']),
    run: random.pick(runs).key,
  }));
  return {
    runs,
    commands: [...commands, { at: begins + 20_000, what: 'rollback', run: 'run0' }, ...lateRollbacks(random, runs)],
    faults: { crash: 0.002, stall: 0.04, lost: 0.01, late: 0.005, executionDies: 0.002, duplicates: 0.5 },
  };
}

/** Runs that queue for the same locks, are taken over while they wait, and are taken back when others have come since. */
function drawContention(random: Random): Scenario {
  const runs = Array.from({ length: 3 }, (_, index) => ({
    ...drawRun(random, index),
    startsAt: random.between(0, 2000),
    resources: random.pick([['a', 'b'], ['a', 'b'], ['b']]),
    phases: [[drawComponent(random, 'c00')]],
  }));
  const commands = Array.from({ length: random.between(3, 8) }, () => ({
    at: random.pick([random.between(0, 20_000), random.between(0, 120_000)]),
    what: random.pick<Command>(['retry', 'retry', 'rollback', 'rollback', 'reconcile']),
    run: random.pick(runs).key,
  }));
  return {
    runs,
    commands,
    faults: {
      crash: 0.001,
      stall: 0.03,
      lost: 0.01,
      late: random.pick([0.01, 0.08]),
      executionDies: 0.001,
      duplicates: random.pick([0, 0.3]),
    },
  };
}

/** More runs than may be under way, which rest, go on, are taken over and taken back while they wait for a slot or hold one. */
function drawQueue(random: Random): Scenario {
  const runs = Array.from({ length: random.between(2, 4) }, (_, index) => ({
    ...drawRun(random, index),
    startsAt: random.between(0, random.pick([0, 3000])),
    resources: [random.chance(0.2) ? 'a' : `r${index}`],
    phases: [[{ ...drawComponent(random, 'c00'), segments: 0 }]],
  }));
  const commands = Array.from({ length: random.between(2, 8) }, () => ({
    at: random.pick([random.between(0, 20_000), random.between(0, 120_000)]),
    what: random.pick<Command>(['pause', 'resume', 'retry', 'retry', 'rollback', 'reconcile']),
    run: random.pick(runs).key,
  }));
  const rough = random.pick([0, 1]);
  const faults = {
    crash: 0.002 * rough,
    stall: random.pick([0.01, 0.04]),
    lost: 0.01 * rough,
    late: random.pick([0, 0.03]),
    executionDies: 0.002 * rough,
    duplicates: random.pick([0, 0.4]),
  };
  return { runs, commands, faults, atOnce: random.between(1, 2) };
}

/**
 * Runs that queue for the same locks, and people who take locks away from them: before they are admitted, under their steps, while they go
 * back, twice, and when all is over.
 */
function drawBreaks(random: Random): Scenario {
  const runs = Array.from({ length: random.between(1, 3) }, (_, index) => ({
    ...drawRun(random, index),
    startsAt: random.between(0, 3000) * index,
    resources: random.pick([['a'], ['a'], ['a', 'b']]),
    phases: [[drawComponent(random, 'c00')]],
  }));
  const commands = Array.from({ length: random.between(2, 6) }, () => ({
    at: STARTS_AT + random.pick([random.between(0, 3000), random.between(0, 20_000), random.between(0, 120_000)]),
    what: random.pick<Command>(['break', 'break', 'break', 'rollback', 'retry', 'reconcile']),
    run: random.pick(runs).key,
  })).flatMap((command) =>
    command.what === 'break' && random.chance(0.4)
      ? [command, { ...command, at: command.at + random.pick([0, random.between(0, 15_000)]) }]
      : [command],
  );
  const rough = random.pick([0, 1]);
  const faults = {
    crash: 0.002 * rough,
    stall: random.pick([0.01, 0.04]),
    lost: 0.01 * rough,
    late: random.pick([0, 0.03]),
    executionDies: 0.002 * rough,
    duplicates: random.pick([0, 0.4]),
  };
  return { runs, commands, faults };
}

/** Two short runs after each other on one lock, and a person who wants the first one back again and again, while late requests land. */
function drawRegrets(random: Random): Scenario {
  const runs = [0, random.between(500, 3000)].map((startsAt, index) => ({
    ...drawRun(random, index),
    startsAt,
    resources: ['a'],
    phases: [[{ ...drawComponent(random, 'c00'), steps: 1, segments: 0, failsAt: -1 }]],
  }));
  const commands: { at: number; what: Command; run: string }[] = [];
  for (
    let at = random.pick([random.between(3000, 10_000), random.between(12_000, 60_000)]);
    at < CHAOS_MS / 2;
    at += random.between(5000, 40_000)
  ) {
    commands.push({ at, what: random.chance(0.15) ? 'reconcile' : 'rollback', run: 'run0' });
  }
  const faults = {
    crash: 0,
    stall: 0.06,
    lost: 0.01,
    late: 0.01,
    lateAcquire: random.pick([0, 0.7]),
    executionDies: random.pick([0, 0.06]),
    duplicates: 0.2,
  };
  return { runs: random.chance(0.5) ? runs : runs.slice(0, 1), commands, faults };
}

/** Rollouts of one flag, one after the other or at once, and alarms that fire before the first stage, between stages, against finish, after it, and late. */
function drawTrips(random: Random): Scenario {
  const rough = random.pick([0, 1, 3]);
  const runs = Array.from({ length: random.between(1, 3) }, (_, index) =>
    shifting(random, {
      ...drawRun(random, index),
      startsAt: random.between(0, index * 3000),
      resources: random.pick([[], ['a']]),
      phases: [
        [{ ...drawComponent(random, 'c00'), failsAt: -1 }],
        ...(random.chance(0.3) ? [[drawComponent(random, 'c10')]] : []),
      ],
    }),
  );
  const commands = Array.from({ length: random.between(1, 5) }, () => ({
    at: STARTS_AT + random.pick([random.between(0, 3000), random.between(500, 12_000), random.between(0, 120_000)]),
    what: random.pick<Command>(['trip', 'trip', 'trip', 'retry', 'rollback', 'reconcile', 'pause']),
    run: random.pick(runs).key,
  })).flatMap((command) => (command.what === 'trip' ? deliveries(random, command) : [command]));
  return {
    runs,
    commands,
    faults: {
      crash: 0.003 * rough,
      stall: random.pick([0, 0.01, 0.04]),
      lost: 0.005 * rough,
      late: random.pick([0, 0.03]),
      executionDies: 0.002 * rough,
      duplicates: random.pick([0, 0.3]),
    },
  };
}

/** As SNS delivers: at least once, the repeats at once, soon, or when all is long over. */
const deliveries = (random: Random, command: Scenario['commands'][number]): Scenario['commands'] =>
  Array.from({ length: random.between(1, 3) }, (_, repeat) => ({
    ...command,
    at: command.at + (repeat === 0 ? 0 : random.pick([0, random.between(0, 200), random.between(0, 20_000), 300_000])),
  }));

function drawMixed(random: Random): Scenario {
  const runs = Array.from({ length: random.between(1, 3) }, (_, index) => drawRun(random, index)).map((run) =>
    random.chance(0.2) ? shifting(random, run) : run,
  );
  const commands = Array.from({ length: random.between(0, 6) }, () => ({
    at: random.between(0, CHAOS_MS),
    what: random.pick<Command>([
      'pause',
      'resume',
      'retry',
      'rollback',
      'rollback',
      'rollback',
      'halt',
      'unhalt',
      'reconcile',
      'reconcile',
      'trip',
    ]),
    run: random.pick(runs).key,
  }));
  const rough = random.pick([0, 0.3, 1, 2]);
  return {
    runs,
    commands: [...commands, ...lateRollbacks(random, runs)],
    faults: {
      crash: 0.004 * rough,
      stall: 0.006 * rough,
      lost: 0.008 * rough,
      late: 0.004 * rough,
      executionDies: 0.004 * rough,
      duplicates: random.pick([0, 0.1, 0.4]),
    },
  };
}

/** Two takeovers close to each other, often after the run is complete: where fences, epochs and locks have to hold. */
function lateRollbacks(random: Random, runs: readonly SimRun[]): Scenario['commands'] {
  if (!random.chance(0.4)) return [];
  const run = random.pick(runs).key;
  const at = random.between(CHAOS_MS / 3, CHAOS_MS);
  return [
    { at, what: 'rollback', run },
    { at: at + random.between(0, 5000), what: random.pick(['rollback', 'reconcile', 'retry']), run },
  ];
}
