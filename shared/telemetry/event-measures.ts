import type { RunEvent } from '../ports/events.ts';
import type { Measure } from '../ports/telemetry.ts';
import { ulidTime } from '../ports/ulid.ts';
import { ACTIVE, type RunStatus } from '../run/run-state.ts';

/** What an event says about how the work goes. An event that is told twice counts twice. */
export function measuresOf({ item, type, runId, at, data }: RunEvent): readonly Measure[] {
  if (type === 'checkpointCreated' && Number(data['attempt']) > 1) return [retries('succeeded')];
  if (type === 'stepFailed' && data['gaveUp'] === true && Number(data['attempt']) > 1) return [retries('exhausted')];
  const { to } = data;
  if (item !== 'RUN' || typeof to !== 'string' || ACTIVE.has(to as RunStatus) || to === 'paused') return [];
  const value = Math.max(0, at - ulidTime(runId)) / 1000;
  const cost = costIn(data);
  return [
    { name: 'slipway_run_duration_seconds', value, labels: { status: to } },
    ...(cost === undefined ? [] : [{ name: 'slipway_run_cost_usd', value: cost, labels: { status: to } } as const]),
  ];
}

/** USD: what the event of a run's rest tells of it. */
export function costIn({ usage }: RunEvent['data']): number | undefined {
  const { costUsd } = (typeof usage === 'object' && usage !== null ? usage : {}) as { costUsd?: unknown };
  return typeof costUsd === 'number' ? costUsd : undefined;
}

const retries = (outcome: string): Measure => ({ name: 'slipway_step_retries_total', value: 1, labels: { outcome } });
