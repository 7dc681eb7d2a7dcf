import type * as z from 'zod';
import type { Severity } from '../shared/alerts/alert-code.ts';
import { alertListing, readAlert } from '../shared/alerts/alert-state.ts';
import { activeRunOf } from '../shared/api/active-run.ts';
import type { dashboard } from '../shared/api/dashboard.ts';
import { loadExperiments } from '../shared/experiments/experiment.ts';
import { experimentVerdict } from '../shared/experiments/experiment-verdict.ts';
import type { Item } from '../shared/ports/store.ts';
import { componentKey } from '../shared/run/keys.ts';
import { readAll } from '../shared/run/read-all.ts';
import { ACTIVE, type RunState, readRun } from '../shared/run/run-state.ts';
import { trendOf } from '../shared/run/run-trends.ts';
import type { Deps } from './deps.ts';
import { experimentViewOf, subjectsOf } from './experiments.ts';
import { readHealth } from './plane-health.ts';
import { readRollbacks } from './rollbacks.ts';

type DashboardInput = z.input<typeof dashboard>;

/** What is looked at, and shown: whatever there is, one answer costs no more. */
const RUNS = 200;
const ACTIVE_SHOWN = 10;
const ALERTS = 100;
const ALERTS_SHOWN = 10;
const ROLLBACKS_SHOWN = 5;
const JUDGED = 3;
const WINDOWS = [1, 24, 168];

export interface DashboardAsked {
  readonly environment: string;
  /** Whether running experiments are judged, which reads all their subjects. */
  readonly verdicts: boolean;
  /** Epoch ms by which it answers. */
  readonly until: number;
}

/**
 * At most 10 calls of the store (health, runs, alerts, experiments, 5 rollbacks, and one for every 100 components of the runs under
 * way) and one each of the workflow and the scheduler; only verdicts cost more.
 */
export async function readDashboard(deps: Deps, asked: DashboardAsked): Promise<DashboardInput> {
  const { environment } = asked;
  const [health, listed, alerts, experiments] = await Promise.all([
    readHealth(deps),
    deps.store.listIndex('listing', 'run', { limit: RUNS, descending: true }),
    readAlerts(deps, environment),
    readExperiments(deps, asked),
  ]);
  const all = listed.items.map(readRun);
  const runs = all.filter((run) => run.environment === environment);
  const now = deps.clock.now();
  const from = listed.cursor === undefined ? undefined : all.at(-1)?.createdAt;
  const turned = runs.filter(({ direction }) => direction === 'back').slice(0, ROLLBACKS_SHOWN);
  const [active, rollbacks] = await Promise.all([readActive(deps, runs), readRollbacks(deps, turned)]);
  const trends = WINDOWS.map((hours) => trendOf(runs, { now, hours, from }));
  return { environment, health, active, trends, experiments, alerts, rollbacks };
}

async function readActive(deps: Deps, runs: readonly RunState[]): Promise<DashboardInput['active']> {
  const active = runs.filter(({ status }) => ACTIVE.has(status));
  const shown = active.slice(0, ACTIVE_SHOWN);
  const keys = shown.flatMap((run) => run.components.map(({ name }) => componentKey(run.id, name)));
  const found = await readAll(deps.store, keys);
  const items = new Map(found.flatMap((item) => (item ? [[`${item.pk} ${item.sk}`, item] as const] : [])));
  const itemOf =
    (run: RunState) =>
    (name: string): Item | undefined => {
      const { pk, sk } = componentKey(run.id, name);
      return items.get(`${pk} ${sk}`);
    };
  return { runs: shown.map((run) => activeRunOf(run, itemOf(run))), more: active.length > shown.length };
}

async function readAlerts(deps: Deps, environment: string): Promise<DashboardInput['alerts']> {
  const { items } = await deps.store.listIndex('listing', alertListing(environment), { limit: ALERTS, descending: true });
  const open = items.map(readAlert).filter(({ status }) => status !== 'resolved');
  const of = (severity: Severity) => open.filter((alert) => alert.severity === severity);
  const [critical, warning, info] = [of('critical'), of('warning'), of('info')];
  return {
    counts: { critical: critical.length, warning: warning.length, info: info.length },
    latest: [...critical, ...warning, ...info].slice(0, ALERTS_SHOWN),
  };
}

async function readExperiments(
  deps: Deps,
  { environment, verdicts, until }: DashboardAsked,
): Promise<DashboardInput['experiments']> {
  const { experiments } = await loadExperiments(deps.store, environment);
  const now = deps.clock.now();
  const views = experiments.map((one) => ({ one, view: experimentViewOf(one, environment, now) }));
  const judged = new Set(verdicts ? views.filter(({ view }) => view.running).slice(-JUDGED) : []);
  return Promise.all(
    views.map(async (each) => {
      if (!judged.has(each)) return each.view;
      const verdict = experimentVerdict(each.one, await subjectsOf(deps, each.one, until), now);
      return { ...each.view, verdict: structuredClone(verdict) as never };
    }),
  );
}
