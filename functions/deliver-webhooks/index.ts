import type * as z from 'zod';
import type { RunEvent } from '../../shared/ports/events.ts';
import { componentKey, runKey } from '../../shared/run/keys.ts';
import { readAll } from '../../shared/run/read-all.ts';
import { readRun } from '../../shared/run/run-state.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { deliverDue } from '../../shared/webhooks/deliver.ts';
import { listWebhooks } from '../../shared/webhooks/keep-webhooks.ts';
import { queueMessages } from '../../shared/webhooks/queue-message.ts';
import type { RunFacts } from '../../shared/webhooks/webhook-events.ts';
import type { Deps } from '../deps.ts';
import { heard, heardEvent } from '../heard-event.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** An attempt takes no longer, ms: none is begun that could outlast the call. */
const ATTEMPT = 11_000;

/** An event is written down for whoever wants it, and sent at once; what has to be tried again is sent when the schedule calls. */
async function core(input: z.output<typeof heardEvent>, deps: Deps, { until }: Slice) {
  const event = heard(input);
  const webhooks = event ? await queueMessages(deps, event, (told) => factsOf(deps, told)) : await enabled(deps);
  const ends = await Promise.allSettled(webhooks.map((webhook) => deliverDue(deps, webhook, until - ATTEMPT)));
  // Once all have ended: what is under way when a call returns would wake up in a later one.
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return { delivered: ends.reduce((sum, end) => sum + (end.status === 'fulfilled' ? end.value : 0), 0) };
}

const enabled = async (deps: Deps) => (await listWebhooks(deps.store)).filter(({ disabled }) => disabled === undefined);

/** Undefined: the event is about no run. */
async function factsOf({ store }: Deps, { runId }: RunEvent): Promise<RunFacts | undefined> {
  const item = runId === '' ? undefined : await store.read(runKey(runId));
  if (!item) return undefined;
  const run = readRun(item);
  const components = await readAll(
    store,
    run.components.map(({ name }) => componentKey(runId, name)),
  );
  const done = components.filter((component) => component?.['status'] === 'completed').length;
  return { run, progress: done / Math.max(1, components.length) };
}

export const create = machineFunction({ input: heardEvent, core });
export const handler = onAws(create);
