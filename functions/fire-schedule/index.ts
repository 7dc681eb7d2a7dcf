import * as z from 'zod';
import { requirePlanVersion } from '../../shared/plan/stored-plans.ts';
import { actorOf, fireSchedule } from '../../shared/schedules/fire-schedule.ts';
import { type ScheduleState, scheduleName } from '../../shared/schedules/schedule-state.ts';
import { beginRun, requireWaysBack } from '../begin-run.ts';
import { requireStored } from '../checked-plan.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** As adapters/aws/eventbridge-scheduler.ts has it sent; `at` is the time for which it is sent, in ISO 8601. */
const input = z.object({ environment: z.string(), name: scheduleName, at: z.iso.datetime({ offset: true }).optional() });

function core({ environment, name, at }: z.output<typeof input>, deps: Deps) {
  const due = { environment, name, at: at === undefined ? undefined : Date.parse(at) };
  return fireSchedule(deps, due, async (schedule, idempotencyKey) => {
    const { digest, baseDir } = await planOf(deps, schedule);
    const checked = await requireStored(deps, digest, baseDir);
    await requireWaysBack(deps, checked.plan);
    const how = { actor: actorOf(name), queue: schedule.overlap === 'queue', idempotencyKey };
    const { run } = await beginRun(deps, checked, baseDir, how);
    return { runId: run.id };
  });
}

/** Of a plan whose latest version is wanted: what is the latest now, with its own folder. */
async function planOf({ store }: Deps, { environment, plan, baseDir }: ScheduleState) {
  if (plan.version !== 'latest') return { digest: plan.digest, baseDir };
  const latest = await requirePlanVersion(store, environment, plan.name);
  return { digest: latest.digest, baseDir: latest.baseDir ?? baseDir };
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
