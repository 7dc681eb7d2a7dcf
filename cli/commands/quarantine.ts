import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import type { ApiClient } from '../api-client.ts';
import { EXIT } from '../exit-codes.ts';
import { parseComponent, parseRunId, parseWhole } from '../options.ts';
import { counted } from '../render/figures.ts';
import { oneLine } from '../render/printable.ts';
import type { Session } from '../session.ts';

export function addQuarantine(program: Command, session: Session): Command {
  const quarantine = program.command('quarantine').description('records that failed in a batch');
  quarantine
    .command('list <id>')
    .description('list them with their keys and errors')
    .option('--component <name>', 'of this component only', parseComponent)
    .option('--limit <count>', 'at most so many', parseWhole(1, 1000), 100)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action((id: string, options: { component?: string; limit: number; cursor?: string }) => list(session, id, options));
  quarantine
    .command('retry <id>')
    .description('try them again, each by itself; exit 4 where some fail again')
    .option('--component <name>', 'of this component only', parseComponent)
    .action((id: string, options: { component?: string }) => retry(session, id, options));
  return quarantine;
}

async function list(
  session: Session,
  id: string,
  { component, limit, cursor }: { readonly component?: string; readonly limit: number; readonly cursor?: string },
): Promise<void> {
  const runId = parseRunId(id);
  const client = await session.client();
  session.result(
    await client.call('list-quarantine', { runId, component, limit, cursor }),
    ({ records, cursor: next }, paint) => [
      ...(records.length === 0 ? ['No record is in quarantine.'] : []),
      ...records.map(({ component, key, error }) => `${component}  ${JSON.stringify(key)}  ${paint.red(oneLine(error))}`),
      ...session.more(['quarantine', 'list', runId], { component, limit }, next),
    ],
  );
}

async function retry(session: Session, id: string, { component }: { readonly component?: string }): Promise<void> {
  const client = await session.client();
  const done = await retryAll(client, { runId: parseRunId(id), component });
  session.result(done, ({ succeeded, failed, more }, paint) => [
    `${counted(succeeded, 'record')} out of quarantine${more ? '; not all were tried' : ''}.`,
    ...failed.map(({ component, key, error }) => `${component}  ${JSON.stringify(key)}  ${paint.red(oneLine(error))}`),
    ...(more ? [`Go on:   ${session.commandLine('quarantine', 'retry', id)}`] : []),
  ]);
  if (done.failed.length > 0 || done.more) session.exitCode = EXIT.runFailed;
}

/** A call tries as many as its time allows; goes on while there is progress. */
async function retryAll(
  client: ApiClient,
  input: { readonly runId: string; readonly component: string | undefined },
): Promise<EndpointOutput<'retry-quarantine'>> {
  let succeeded = 0;
  for (;;) {
    const part = await client.call('retry-quarantine', input);
    succeeded += part.succeeded;
    if (!part.more || part.succeeded === 0) return { ...part, succeeded };
  }
}
