import type { Command } from 'commander';
import { parseDuration, parseRunId } from '../options.ts';
import type { Session } from '../session.ts';
import { watchToEnd } from '../watch-to-end.ts';

export const addWatch = (program: Command, session: Session): Command =>
  program
    .command('watch <id>')
    .description('show how far a run is until it rests; the exit code is that of its end')
    .option('--timeout <duration>', 'leave after so long (exit 9); the run goes on', parseDuration)
    .action(async (id: string, { timeout }: { timeout?: number }) => {
      await watchToEnd(session, await session.client(), parseRunId(id), { timeout });
    });
