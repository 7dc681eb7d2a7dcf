import type { Command } from 'commander';
import type { EndpointOutput } from '../shared/api/endpoints.ts';
import type { ApiClient } from './api-client.ts';
import { ApiProblemError, UsageError } from './cli-errors.ts';
import { commanded } from './command-run.ts';
import { parseRunId, standsOption, type WatchOptions, watchOptions } from './options.ts';
import { readPlanFile } from './plan-file.ts';
import { planSourceOf } from './plan-source.ts';
import { diffLines } from './render/plan-diff.ts';
import { printableValue } from './render/printable.ts';
import type { Session } from './session.ts';

type GoOn = 'resume-run' | 'retry-run';

interface GoOnOptions extends WatchOptions {
  readonly message?: string;
  readonly stands?: Readonly<Record<string, boolean>>;
  readonly plan?: string;
  /** True: the one that --plan names. */
  readonly acceptPlanChange?: string | true;
}

/** What resuming and retrying a run have in common. */
export const addGoOn = (command: Command, session: Session, name: GoOn, said: string): Command =>
  standsOption(watchOptions(command))
    .option('-m, --message <reason>', 'why, for the timeline')
    .option('--plan <file>', 'the plan to go on with; refused, with the difference, where it changed')
    .option('--accept-plan-change [file]', 'go on with a plan that changed; the difference is shown')
    .action(async (id: string, options: GoOnOptions) => {
      const runId = parseRunId(id);
      const client = await session.client();
      await commanded(session, client, await goOn(session, client, name, runId, options), said, options);
    });

async function goOn(
  session: Session,
  client: ApiClient,
  name: GoOn,
  runId: string,
  { message, stands, plan, acceptPlanChange }: GoOnOptions,
): Promise<EndpointOutput<GoOn>> {
  const said = { runId, reason: message, stands };
  const file = typeof acceptPlanChange === 'string' ? acceptPlanChange : plan;
  if (file === undefined) {
    if (acceptPlanChange)
      throw new UsageError('--accept-plan-change names no plan.', { next: 'Add the changed plan: --plan FILE' });
    return client.call(name, said);
  }
  session.planFile = file;
  const source = planSourceOf(await readPlanFile(file, session.shell.cwd), client);
  try {
    return await client.call(name, { ...said, ...source });
  } catch (error) {
    const diff = error instanceof ApiProblemError ? error.problem.diff : undefined;
    if (!diff || diff.forbidden.length > 0 || acceptPlanChange === undefined) throw error;
    session.notePainted(['The plan changed:', ...diffLines(printableValue(diff), session.errorPaint)].join('\n'));
    return client.call(name, { ...said, ...source, acceptPlanChange: true });
  }
}
