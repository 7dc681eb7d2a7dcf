import { NoChecksError, PhaseNotFoundError } from '../shared/errors/validation-errors.ts';
import type { Plan } from '../shared/plan/plan.ts';
import type { AskedValidation } from '../shared/validation/asked-validation.ts';
import { phaseScope } from '../shared/validation/check-context.ts';
import { sampleChecks } from '../shared/validation/run-checks.ts';
import type { RunContext } from './component-context.ts';
import { type CheckList, checkContext, checkDeps } from './kinds/validate.ts';

/** The checks of a phase, and of its components that validate. Throws PhaseNotFoundError, NoChecksError. */
export function checksOfPhase(runId: string, plan: Plan, name: string): readonly CheckList[] {
  const phase = plan.phases.find((one) => one.name === name);
  const next = `slipway status ${runId}`;
  if (!phase) {
    const names = plan.phases.map((one) => one.name).join(', ');
    throw new PhaseNotFoundError(`The plan ${plan.name} has no phase ${name}; it has ${names}.`, { next });
  }
  const { retry, timeouts } = plan;
  const lists = [
    { scope: phaseScope(name), checks: phase.validate, retry, timeouts },
    ...phase.components.flatMap((component) =>
      component.kind === 'validate'
        ? [
            {
              scope: component.name,
              checks: component.checks,
              retry: component.retry ?? retry,
              timeouts: component.timeouts ?? timeouts,
            },
          ]
        : [],
    ),
  ].filter(({ checks }) => checks.length > 0);
  if (lists.length > 0) return lists;
  throw new NoChecksError(`The phase ${name} of the plan ${plan.name} has no checks.`, { next: 'Name a phase that has some.' });
}

/** Carries them out on a sample until `until` (epoch ms), and answers what each found. */
export async function samplePhase(
  context: RunContext,
  lists: readonly CheckList[],
  sample: number,
  until: number,
): Promise<AskedValidation['results']> {
  const found: AskedValidation['results'] = [];
  for (const list of lists) {
    const asked = { ...(await checkContext(context, list)), sample };
    const results = await sampleChecks(checkDeps(context, list, until), list.checks, asked, until);
    found.push(...results.map((result) => ({ ...result, scope: list.scope })));
  }
  return found;
}
