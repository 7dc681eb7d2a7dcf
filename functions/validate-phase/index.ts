import * as z from 'zod';
import { orderPhases } from '../../shared/plan/phase-order.ts';
import { readGate } from '../../shared/run/gate.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { phaseScope } from '../../shared/validation/check-context.ts';
import { answerOf, runContext, writerInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { checkAll } from '../kinds/validate.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** Where the slices before have come to: the phase of the level, and within its checks. */
const cursor = z.object({ phase: z.int(), checks: z.json() });
const input = writerInput.extend({ level: z.int(), cursor: cursor.nullable() });

async function core({ level, cursor: from, ...writer }: z.output<typeof input>, deps: Deps, slice: Slice) {
  const context = await runContext(deps, writer);
  const phases = orderPhases(context.plan)[level] ?? [];
  const gate = await readGate(deps.store, writer.runId, context.run.environment);
  if (gate !== 'open') return { outcome: gate };
  let at = from ?? { phase: 0, checks: null };
  for (let phase = phases[at.phase]; phase; phase = phases[at.phase]) {
    const { retry, timeouts } = context.plan;
    const list = { scope: phaseScope(phase.name), checks: phase.validate, retry, timeouts };
    const outcome =
      phase.validate.length === 0 ? ({ outcome: 'done' } as const) : await checkAll(context, list, slice, at.checks);
    if (outcome.outcome === 'failed') return { outcome: 'failed', reason: `Phase ${phase.name}: ${outcome.message}` };
    if (outcome.outcome === 'more') return answerOf({ outcome: 'more', cursor: { ...at, checks: outcome.cursor } });
    at = { phase: at.phase + 1, checks: null };
  }
  return { outcome: 'completed' };
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
