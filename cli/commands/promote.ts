import type { Command } from 'commander';
import { formatDuration } from '../../shared/notation/quantities.ts';
import { parseComponent, parseRunId } from '../options.ts';
import type { Session } from '../session.ts';

export const addPromote = (program: Command, session: Session): Command =>
  program
    .command('promote <id> <component>')
    .description('let a rollout go on to its next stage, whatever the stage it is at still lacks; guardrails stay on guard')
    .option('-m, --message <reason>', 'why, for the timeline')
    .action(async (id: string, name: string, { message }: { message?: string }) => {
      const runId = parseRunId(id);
      const client = await session.client();
      const answer = await client.call('promote-stage', { runId, component: parseComponent(name), reason: message });
      session.result(answer, ({ component, stage, by, heardWithinMs: within }, paint) => [
        `Stage ${stage + 1} of ${component} is ${paint.green('promoted')} by ${by}; it goes on at its next look${
          within === undefined ? '' : `, within ${formatDuration(Math.ceil(within / 1000) * 1000)}`
        }.`,
        `Watch:   ${session.commandLine('watch', runId)}`,
      ]);
    });
