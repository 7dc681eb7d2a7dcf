import * as z from 'zod';
import { completeComponent, failComponent } from '../../shared/run/component-end.ts';
import { componentKey } from '../../shared/run/keys.ts';
import { listAll } from '../../shared/run/list-all.ts';
import type { RunWriter } from '../../shared/run/run-access.ts';
import { openWork } from '../../shared/run/work-access.ts';
import { readWork } from '../../shared/run/work-state.ts';
import { componentInput } from '../component-context.ts';
import { crashOf, machineError } from '../crash.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

const input = componentInput.extend({
  /** How the work or its verification ended. */
  result: z.object({
    outcome: z.string(),
    code: z.string().default('FAILED'),
    message: z.string().optional(),
    error: machineError.optional(),
    /** What later components may read. */
    outputs: z.json().optional(),
  }),
});

async function core({ component, result, ...writer }: z.output<typeof input>, deps: Deps) {
  if (result.outcome === 'done') {
    await completeComponent(deps, writer, component, result.outputs);
    return { outcome: 'completed' };
  }
  await openAnyhow(deps, writer, component);
  await failComponent(deps, writer, component, await failureOf(deps, writer, component, result));
  return { outcome: 'failed' };
}

type Result = z.output<typeof input>['result'];

/** A batch hands on only that a segment failed: the segment itself says why. */
async function failureOf(deps: Deps, { runId }: RunWriter, component: string, { code, message, error }: Result) {
  if (error) return crashOf(error);
  if (message !== undefined) return { code, message };
  const segments = await listAll(deps.store, `RUN#${runId}`, `SEGMENT#${component}#`);
  const failed = segments.map(readWork).find(({ failure }) => failure)?.failure;
  return failed ? { code: failed.code, message: failed.message } : { code, message: 'It ended without saying why.' };
}

/** A component that failed before it could be prepared has an item too, which says so. */
const openAnyhow = (deps: Deps, writer: RunWriter, component: string) =>
  openWork(
    deps,
    writer,
    componentKey(writer.runId, component),
    { type: 'rollbackPointCreated', data: {} },
    { startedAt: deps.clock.now() },
  );

export const create = machineFunction({ input, core });
export const handler = onAws(create);
