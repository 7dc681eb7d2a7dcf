import type { Command } from 'commander';
import { commanded } from '../command-run.ts';
import { EXIT } from '../exit-codes.ts';
import { parseRunId, standsOption, type WatchOptions, watchOptions } from '../options.ts';
import type { Session } from '../session.ts';

interface RollbackOptions extends WatchOptions {
  readonly message: string;
  readonly stands?: Readonly<Record<string, boolean>>;
}

export const addRollback = (program: Command, session: Session): Command =>
  standsOption(watchOptions(program.command('rollback <id>')))
    .description('take back everything that a run did')
    .requiredOption('-m, --message <reason>', 'why, for the timeline')
    .action(async (id: string, options: RollbackOptions) => {
      const { message, stands } = options;
      const client = await session.client();
      const answer = await client.call('rollback-run', { runId: parseRunId(id), reason: message, stands });
      const said = answer.joined ? 'A rollback was under way already.' : 'Rolling back.';
      const status = await commanded(session, client, answer, said, options);
      // Here being rolled back is what was asked for.
      if (status === 'rolled-back') session.exitCode = EXIT.ok;
    });
