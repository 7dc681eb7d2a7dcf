import type { RunSummary } from '../shared/api/run-view.ts';
import type { RunStatus } from '../shared/run/run-state.ts';
import type { ApiClient } from './api-client.ts';
import type { WatchOptions } from './options.ts';
import { summaryReport } from './render/run-report.ts';
import type { Session } from './session.ts';
import { watchToEnd } from './watch-to-end.ts';

/** What a run was told: watched to its end, or answered at once with the way to watch it. Answers its last known status. */
export async function commanded<T extends { readonly run: RunSummary }>(
  session: Session,
  client: ApiClient,
  answer: T,
  said: string,
  { watch, timeout }: WatchOptions = {},
): Promise<RunStatus> {
  const { run } = answer;
  if (watch) {
    session.note(`${said} Run ${run.id}.`);
    return watchToEnd(session, client, run.id, { timeout });
  }
  session.result(answer, (safe, paint) => [
    said,
    ...summaryReport(safe.run, paint),
    `Watch:   ${session.commandLine('watch', run.id)}`,
  ]);
  return run.status;
}
