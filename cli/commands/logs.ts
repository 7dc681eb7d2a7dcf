import type { Command } from 'commander';
import type { TimelineEvent } from '../../shared/api/timeline.ts';
import type { ApiClient } from '../api-client.ts';
import { HistoryBrokenError, LeftError } from '../cli-errors.ts';
import { parseRunId } from '../options.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';

/** Between two looks at a timeline, ms. */
const INTERVAL = 1000;

export const addLogs = (program: Command, session: Session): Command =>
  program
    .command('logs <id>')
    .description('print the timeline of a run, which is its audit trail too')
    .option('-f, --follow', 'print what happens until the run rests')
    .action(async (id: string, { follow }: { follow?: true }) => {
      const runId = parseRunId(id);
      const client = await session.client();
      const leaving = new AbortController();
      const stop = session.shell.onInterrupt(() => leaving.abort(new LeftError('You left; the run goes on.')));
      try {
        await printTimeline(session, client, runId, follow === true, leaving.signal);
      } finally {
        stop();
      }
    });

async function printTimeline(
  session: Session,
  client: ApiClient,
  runId: string,
  follow: boolean,
  signal: AbortSignal,
): Promise<void> {
  let cursor: string | undefined;
  for (;;) {
    // Asked before the events are read, so that none is missed of a run at rest.
    const rests = !follow || (await client.call('get-run', { runId }, signal)).resting;
    const page = await client.call('get-timeline', { runId, limit: 1000, cursor }, signal);
    for (const event of page.events) session.item<TimelineEvent>(event, eventLines);
    const [broken] = page.broken;
    if (broken) {
      throw new HistoryBrokenError(`Somebody changed or removed events of ${broken.item}: its chain breaks at ${broken.rev}.`, {
        next: 'Compare with a backup, and find out who can write to the table.',
      });
    }
    cursor = page.cursor;
    if (page.more) continue;
    if (rests) return;
    await session.shell.clock.sleep(INTERVAL, signal);
  }
}
