import { resilientHttp } from '../../adapters/resilience/resilient-http.ts';
import type { Check, Plan, ValidateComponent } from '../../shared/plan/plan.ts';
import type { Value } from '../../shared/ports/store.ts';
import { componentKey } from '../../shared/run/keys.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { openWork, settleWork } from '../../shared/run/work-access.ts';
import type { CheckContext, CheckDeps } from '../../shared/validation/check-context.ts';
import { runChecks } from '../../shared/validation/run-checks.ts';
import { type ComponentContext, type RunContext, retryOf, timeoutsOf } from '../component-context.ts';
import { transformOf } from './batch.ts';
import { finishedOutputs, userCode } from './task.ts';

type Context = ComponentContext<ValidateComponent>;

export async function prepareValidate({ deps, writer, component }: Context) {
  const work = await openWork(
    deps,
    writer,
    componentKey(writer.runId, component.name),
    { type: 'rollbackPointCreated', data: {} },
    { status: 'prepared', kind: 'validate', direction: 'forward', startedAt: deps.clock.now(), rollbackPoint: {} },
  );
  await settleWork(deps, work);
  return { outcome: 'prepared', kind: 'validate' } as const;
}

export const verifyValidate = (context: Context, cursor: Value) =>
  checkAll(
    context,
    { scope: context.component.name, checks: context.component.checks, retry: retryOf(context), timeouts: timeoutsOf(context) },
    context.slice,
    cursor,
  );

export interface CheckList {
  readonly scope: string;
  readonly checks: readonly Check[];
  readonly retry: Plan['retry'];
  readonly timeouts: Plan['timeouts'];
}

/** What checks reach: they only read. */
export const checkDeps = (context: RunContext, { retry }: Pick<CheckList, 'retry'>, until: number): CheckDeps => ({
  ...context.deps,
  userCode: userCode(context).readOnly(),
  http: resilientHttp(context.deps.http, context.deps, retry, until),
  transformOf: (ref) => transformOf(context, ref, retry, until),
});

export async function checkContext(context: RunContext, { scope, timeouts }: CheckList): Promise<CheckContext> {
  const { run, plan, writer } = context;
  return {
    writer,
    scope,
    environment: run.environment,
    plan: plan.name,
    fence: run.fences?.[`target:${run.target}`] ?? 0,
    outputs: await finishedOutputs(context),
    timeoutMs: timeouts.validate,
  };
}

/** One slice of a list of checks; each of them must pass. */
export async function checkAll(context: RunContext, list: CheckList, slice: Slice, cursor: Value) {
  const checked = await runChecks(
    checkDeps(context, list, slice.until),
    list.checks,
    await checkContext(context, list),
    slice.until,
    cursor === null ? undefined : cursor,
  );
  if (checked.outcome === 'more') return { outcome: 'more', cursor: checked.carry } as const;
  if (checked.passed) return { outcome: 'done' } as const;
  const failed = checked.results.filter(({ outcome }) => outcome !== 'pass');
  const message = failed
    .map(({ name, outcome, detail }) => `${name}: ${outcome}${detail === '' ? '' : ` (${detail})`}`)
    .join('; ');
  return { outcome: 'failed', code: 'CHECKS_FAILED', message: message.slice(0, 2000) } as const;
}
