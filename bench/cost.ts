import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { taskHandler } from '../adapters/aws/task-handler.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { loadOldCities } from '../cli/demo/load-old-cities.ts';
import { oldCities } from '../examples/cities/load.ts';
import { toPlace } from '../examples/cities/transform.ts';
import { added, NOTHING, priceOf, type Usage } from '../shared/usage/prices.ts';
import { costTable, type PricedPlan } from './cost-table.ts';
import type { Meter } from './meter.ts';
import { type MeteredPlane, meteredPlane } from './metered-plane.ts';
import { priceRollout } from './rollout-cost.ts';
import { type Row, round } from './row.ts';

export interface CostOptions {
  /** Cities; all 135,233 where absent. */
  readonly records?: number;
}

const STEPS = 1000;
const TASKS = `export const step = { effect: 'idempotent', forward: ({ step }) => ({ step }), undo: () => null };\n`;
/** What a request takes on its way in a region, ms: nothing of it is in an embedded run. */
const STORE_MS = 5;
const INVOKE_MS = 15;
/** Memory of Slipway's functions, and of a declared Task, GB. */
const OURS_GB = 1;
const TASK_GB = 0.5;
const TABLE = new URL('../docs/benchmarks/cost.md', import.meta.url);

/**
 * Prices plans from what embedded runs of them used: 1,000 user-function steps, the cities, and a rollout of 30 days. The goal is the price of a
 * thousand steps, a step being one call of a user's function, or one record that is migrated and verified.
 * Prints the table, and writes it to docs/ where all the cities were priced.
 */
export async function cost({ records }: CostOptions = {}): Promise<Row[]> {
  const plans = [
    await priced('user-function steps', runSteps),
    await priced('the cities plan', (plane) => runCities(plane, records)),
  ];
  const rollout = await priceRollout();
  const page = costTable(plans, rollout);
  process.stderr.write(page);
  if (records === undefined) await writeFile(TABLE, page);
  const month = round(priceOf(rollout.whole), 4);
  const rows = plans.flatMap(({ name, steps, control, modelled, data }) => {
    const perThousand = (usage: Usage) => round((priceOf(usage) / steps) * 1000, 6);
    const whole = perThousand(added(added(control, modelled), data));
    return [
      { name: `${name}: steps`, value: steps, unit: 'steps', goal: null, met: null },
      { name: `${name}: Slipway, counted`, value: perThousand(control), unit: 'USD per 1,000 steps', goal: null, met: null },
      {
        name: `${name}: network and Tasks, modelled`,
        value: perThousand(modelled),
        unit: 'USD per 1,000 steps',
        goal: null,
        met: null,
      },
      {
        name: `${name}: the plan's own tables, counted`,
        value: perThousand(data),
        unit: 'USD per 1,000 steps',
        goal: null,
        met: null,
      },
      { name: `${name}: everything`, value: whole, unit: 'USD per 1,000 steps', goal: '<= 0.005', met: whole <= 0.005 },
    ];
  });
  return [...rows, { name: 'a rollout of 30 days, two guardrails', value: month, unit: 'USD', goal: null, met: null }];
}

async function priced(
  name: string,
  run: (plane: MeteredPlane) => Promise<{ readonly steps: number; readonly tasks: Usage }>,
): Promise<PricedPlan> {
  const plane = await meteredPlane();
  try {
    const { steps, tasks } = await run(plane);
    const { meter } = plane;
    const waited = (meter.storeRequests * STORE_MS) / 1000;
    const network = { ...NOTHING, lambdaGbSecond: waited * OURS_GB };
    return { name, steps, control: meter.control, data: meter.data, modelled: added(network, tasks) };
  } finally {
    await plane.close();
  }
}

async function runSteps(plane: MeteredPlane) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  try {
    await writeFile(join(folder, 'tasks.ts'), TASKS);
    const steps = { name: 'steps', kind: 'task', run: './tasks.ts#step', items: STEPS };
    await plane.run(planOf('steps', steps), folder);
    return { steps: STEPS, tasks: tasksOf(plane.meter.askedFor('lambda:InvokeFunction'), 0) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runCities(plane: MeteredPlane, limit: number | undefined) {
  const load = { endpoint: plane.endpoint, limit, clock: systemClock, signal: new AbortController().signal, onProgress() {} };
  const steps = await loadOldCities(load);
  const places = {
    name: 'places',
    kind: 'batch',
    from: { table: 'cities' },
    to: { table: 'places' },
    transform: { run: './transform.ts#toPlace' },
  };
  await plane.run(planOf('cities', places), fileURLToPath(new URL('../examples/cities', import.meta.url)));
  // Deployed, each page of the source that is read is one call of the transform's own function.
  return { steps, tasks: tasksOf(pagesOf(plane.meter), await msOfTransform()) };
}

const planOf = (name: string, component: object) => ({
  slipway: 1,
  name,
  target: `bench/${name}`,
  phases: [{ name: 'all', components: [component] }],
});

const pagesOf = (meter: Meter): number => meter.pagesOf('cities');

/** Calls of declared Tasks that take so long each: theirs, and that long again and the way to them in ours, which wait for them. */
const tasksOf = (calls: number, ms: number): Usage => ({
  ...NOTHING,
  lambdaRequest: calls,
  lambdaGbSecond: (calls * (ms * TASK_GB + (ms + INVOKE_MS) * OURS_GB)) / 1000,
});

/** What a page of cities takes as a Task: read from JSON, transformed, and written to JSON. Measured here, warm. */
async function msOfTransform(): Promise<number> {
  const handler = taskHandler(toPlace);
  const text = JSON.stringify({ method: 'transform', records: oldCities(1000), deadline: Number.MAX_SAFE_INTEGER });
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const began = performance.now();
    JSON.stringify(await handler(JSON.parse(text), { getRemainingTimeInMillis: () => 60_000 }));
    times.push(performance.now() - began);
  }
  return Math.max(...times.slice(5));
}
