import * as z from 'zod';
import { severity } from '../alerts/alert-code.ts';
import { rollbackRecord } from '../run/rollback-record.ts';
import { runTrend } from '../run/run-trends.ts';
import { workStatus } from '../run/work-state.ts';
import { alertView } from './alerts.ts';
import { environment } from './environment.ts';
import { experimentVerdict, experimentView } from './experiments.ts';
import { health } from './health.ts';
import { stageVerdict } from './rollout-view.ts';
import { runSummary } from './run-view.ts';

export const dashboardInput = z.strictObject({
  environment,
  /** `verdicts`: the latest running ones are judged too, for which all their subjects are read. */
  experiments: z.enum(['list', 'verdicts']).default('list'),
});

const dashboardComponent = z.object({
  name: z.string(),
  kind: z.string(),
  phase: z.string(),
  status: z.enum(['pending', ...workStatus.options]),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Of a rollout: its stage counted from 0, and what was found of it last. */
  stage: z.number().optional(),
  held: z.array(z.string()).optional(),
  verdict: stageVerdict.pick({ stage: true, percent: true, decision: true, reasons: true, at: true }).optional(),
});

const activeRun = runSummary.extend({
  phases: z.array(z.object({ name: z.string(), done: z.number(), total: z.number() })),
  components: z.array(dashboardComponent),
});
export type ActiveRun = z.output<typeof activeRun>;

/** What a screen needs of an environment. */
export const dashboard = z.object({
  environment: z.string(),
  health,
  /** Under way or waiting, the latest first; `more`: there are others. */
  active: z.object({ runs: z.array(activeRun), more: z.boolean() }),
  /** Over windows of the last hours, the shortest first. */
  trends: z.array(runTrend),
  experiments: z.array(experimentView.extend({ verdict: experimentVerdict.omit({ key: true }).optional() })),
  /** Not resolved: how many there are of each severity among the latest, and those. */
  alerts: z.object({ counts: z.record(severity, z.number()), latest: z.array(alertView) }),
  /** The latest. */
  rollbacks: z.array(rollbackRecord),
});
export type Dashboard = z.output<typeof dashboard>;
