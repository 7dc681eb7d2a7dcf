import { UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { componentKey } from '../../../../shared/run/keys.ts';
import type { RunState } from '../../../../shared/run/run-state.ts';
import { CLOCK_MARGIN_MS, type StepEffects } from '../../../../shared/run/steps.ts';
import { loadWork } from '../../../../shared/run/work-access.ts';
import { workSteps } from '../../../../shared/run/work-steps.ts';
import { intentOf, NOW, present, type RunBed, runBed, settle, stepEffects, writerOf } from './run-bed.ts';

export const failing = async (): Promise<never> => {
  throw new UserCodeTimeoutError('too slow');
};

/** An effect that does this on the way. */
export const doing = (act: () => Promise<unknown>) => async (): Promise<Value> => {
  await act();
  return null;
};

/** A component as somebody left it, and a slice that takes it up. */
export const takenUp = async (
  facts: Partial<StepEffects>,
  left: Readonly<Record<string, Value>> = {},
  given: { stands?: Record<number, boolean>; until?: number; bed?: RunBed } = {},
) => {
  const bed = given.bed ?? runBed();
  const run = await bed.admitted();
  await bed.open(run, 'one', left);
  const effects = stepEffects(facts);
  const go = (of: RunState = run, invocation = 'mine', until = given.until ?? NOW + 60_000) =>
    settle(
      bed.clock,
      (async () => {
        const work = present(await loadWork(bed.deps, writerOf(of), componentKey(run.id, 'one')));
        const stands = (step: number) => given.stands?.[step];
        return workSteps({ deps: bed.deps, effects, slice: { invocation, until }, environment: 'staging', stands }, work);
      })(),
    );
  return { ...bed, of: run, effects, go, now: () => bed.work(run, 'one') };
};

/** The intent of an invocation that died, and whose deadline has passed. */
export const stale = (facts = {}) => ({
  intent: { ...intentOf({ deadline: NOW - CLOCK_MARGIN_MS, ...facts }) },
  status: 'working',
});
