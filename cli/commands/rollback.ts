import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { UsageError } from '../cli-errors.ts';
import { commanded } from '../command-run.ts';
import { EXIT } from '../exit-codes.ts';
import { lowerStage } from '../lower-stage.ts';
import { parseRunId, standsOption, type WatchOptions, watchOptions } from '../options.ts';
import type { Session } from '../session.ts';

interface RollbackOptions extends WatchOptions {
  readonly message: string;
  readonly stands?: Readonly<Record<string, boolean>>;
  readonly to?: string;
  readonly component?: string;
}

export const addRollback = (program: Command, session: Session): Command =>
  standsOption(watchOptions(program.command('rollback <id>')))
    .description(
      'take back everything that a run did, with --component one part of it, or with --to one rollout to an earlier stage',
    )
    .requiredOption('-m, --message <reason>', 'why, for the timeline')
    .option('--to <stage>', 'to this stage of a rollout, by its number or its percentage (2, 10%); there it is held')
    .option(
      '--component <name>',
      'only this component and what came after it; with --to: which rollout, where the run has several',
    )
    .action(async (id: string, options: RollbackOptions) => {
      const runId = parseRunId(id);
      const { to, component, message } = options;
      if (to === undefined) return takeBack(session, runId, options);
      if (options.watch || options.timeout !== undefined || options.stands)
        throw new UsageError('--to goes without --watch, --timeout and --stands: the run goes on.', {
          next: `slipway rollback ${runId} --to ${to} -m REASON`,
        });
      return lowerStage(session, runId, { to, component, reason: message });
    });

async function takeBack(session: Session, runId: string, options: RollbackOptions): Promise<void> {
  const { message, stands, component } = options;
  const client = await session.client();
  const answer = await client.call('rollback-run', { runId, reason: message, stands, component });
  const said = answer.joined ? 'A rollback was under way already.' : 'Rolling back.';
  const status = await commanded(session, client, answer, `${said}${reachOf(answer)}`, options);
  // Here being rolled back is what was asked for.
  if (status === 'rolled-back') session.exitCode = EXIT.ok;
}

const reachOf = ({ goesBack = [], keeps = [] }: EndpointOutput<'rollback-run'>): string =>
  [
    ...(goesBack.length === 0 ? [] : [` Goes back: ${goesBack.join(', ')}.`]),
    ...(keeps.length === 0 ? [] : [` Stays: ${keeps.join(', ')}.`]),
  ].join('');
