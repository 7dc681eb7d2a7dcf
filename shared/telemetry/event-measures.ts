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
  return [{ name: 'slipway_run_duration_seconds', value, labels: { status: to } }];
}

const retries = (outcome: string): Measure => ({ name: 'slipway_step_retries_total', value: 1, labels: { outcome } });
