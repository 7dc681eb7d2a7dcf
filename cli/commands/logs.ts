import type { Command } from 'commander';
import type { EndpointOutput } from '../../shared/api/endpoints.ts';
import { eventStreams } from '../../shared/api/event-stream.ts';
import type { TimelineEvent } from '../../shared/api/timeline.ts';
import type { ApiClient } from '../api-client.ts';
import { HistoryBrokenError, LeftError } from '../cli-errors.ts';
import { followEvents } from '../follow-events.ts';
import { parseRunId } from '../options.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';

export const addLogs = (program: Command, session: Session): Command =>
  program
    .command('logs <id>')
    .description('print the timeline of a run, which is its audit trail too')
    .option('-f, --follow', 'print what happens until the run rests')
    .action(async (id: string, { follow }: { follow?: true }) => {
      const runId = parseRunId(id);
      const client = await session.client();
      await (follow ? printUntilRest : printTimeline)(session, client, runId);
    });

async function printTimeline(session: Session, client: ApiClient, runId: string): Promise<void> {
  let cursor: string | undefined;
  for (let more = true; more; ) {
    const page = await client.call('get-timeline', { runId, limit: 1000, cursor });
    for (const event of page.events) session.item<TimelineEvent>(event, eventLines);
    requireWhole(page);
    ({ cursor, more } = page);
  }
}

async function printUntilRest(session: Session, client: ApiClient, runId: string): Promise<void> {
  const leaving = new AbortController();
  const again = session.commandLine('logs', runId, '--follow');
  const { signal } = leaving;
  const stop = session.shell.onInterrupt(() => leaving.abort(new LeftError('You left; the run goes on.', { next: again })));
  try {
    const path = eventStreams.run.replace('{runId}', runId);
    const over = async () => (await client.call('get-run', { runId }, signal)).resting;
    const { clock } = session.shell;
    for await (const events of followEvents({ client: () => client, path, clock, signal, over })) {
      for (const event of events) session.item<TimelineEvent>(event, eventLines);
    }
    requireWhole(await client.call('get-timeline', { runId, limit: 1 }, signal));
  } finally {
    stop();
  }
}

function requireWhole({ broken: [broken] }: EndpointOutput<'get-timeline'>): void {
  if (!broken) return;
  throw new HistoryBrokenError(`Somebody changed or removed events of ${broken.item}: its chain breaks at ${broken.rev}.`, {
    next: 'Compare with a backup, and find out who can write to the table.',
  });
}
