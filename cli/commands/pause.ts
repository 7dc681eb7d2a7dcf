import type { Command } from 'commander';
import { commanded } from '../command-run.ts';
import { parseRunId } from '../options.ts';
import type { Session } from '../session.ts';

export const addPause = (program: Command, session: Session): Command =>
  program
    .command('pause <id>')
    .description('let the steps under way end and start no other')
    .action(async (id: string) => {
      const client = await session.client();
      const answer = await client.call('pause-run', { runId: parseRunId(id) });
      await commanded(session, client, answer, 'Pausing: the steps under way end first.');
    });
