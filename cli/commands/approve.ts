import type { Command } from 'commander';
import { parseComponent, parseRunId } from '../options.ts';
import type { Session } from '../session.ts';

const MESSAGE = ['-m, --message <reason>', 'why, for the timeline'] as const;

export const addApprove = (program: Command, session: Session): Command =>
  program
    .command('approve <id> <component>')
    .description('let a run go on that asks for approval')
    .option(...MESSAGE)
    .action((id: string, component: string, options: { message?: string }) => decide(session, id, component, 'approve', options));

export const addReject = (program: Command, session: Session): Command =>
  program
    .command('reject <id> <component>')
    .description('refuse what a run asks for; the component fails')
    .requiredOption(...MESSAGE)
    .action((id: string, component: string, options: { message?: string }) => decide(session, id, component, 'reject', options));

async function decide(
  session: Session,
  id: string,
  component: string,
  decision: 'approve' | 'reject',
  { message }: { readonly message?: string },
): Promise<void> {
  const runId = parseRunId(id);
  const client = await session.client();
  const input = { runId, component: parseComponent(component), decision, reason: message };
  session.result(await client.call('decide-approval', input), ({ component, decision, by }, paint) => [
    `${component} is ${decision === 'approve' ? paint.green('approved') : paint.red('rejected')} by ${by}.`,
    `Watch:   ${session.commandLine('watch', runId)}`,
  ]);
}
