import type { Command } from 'commander';
import { eventStreams } from '../../shared/api/event-stream.ts';
import type { TimelineEvent } from '../../shared/api/timeline.ts';
import { LeftError } from '../cli-errors.ts';
import { followEvents } from '../follow-events.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/printable.ts';
import { eventLines } from '../render/timeline-event.ts';
import type { Session } from '../session.ts';

/** The run first: what happens is of many. */
const lines = (event: TimelineEvent, paint: Paint): string[] =>
  eventLines(event, paint).map((line) => `${oneLine(event.runId).padEnd(26)}  ${line}`);

export const addEvents = (program: Command, session: Session): Command =>
  program
    .command('events')
    .description('print what happens in all runs, flags and schedules from now on, until Ctrl-C')
    .action(async () => {
      const client = await session.client();
      const leaving = new AbortController();
      const stop = session.shell.onInterrupt(() =>
        leaving.abort(new LeftError('You left; what is under way goes on.', { next: session.commandLine('events') })),
      );
      const onGap = () => session.note('Some events of the meantime are not remembered: look at slipway audit.');
      const { clock } = session.shell;
      const all = { client: () => client, path: eventStreams.all, clock, signal: leaving.signal, onGap };
      try {
        for await (const events of followEvents(all)) for (const event of events) session.item(event, lines);
      } finally {
        stop();
      }
    });
