import type { RunView } from '../shared/api/run-view.ts';
import type { RunStatus } from '../shared/run/run-state.ts';
import type { ApiClient } from './api-client.ts';
import { exitCodeOf, followRun } from './follow-run.ts';
import type { Paint } from './render/paint.ts';
import { runReport } from './render/run-report.ts';
import type { Session } from './session.ts';

/** Follows a run until it rests, prints it (as NDJSON: each change, the end last), and takes over its exit code. Answers how it ended: a run that an emergency stop ended was rolled back, too. */
export async function watchToEnd(
  session: Session,
  client: ApiClient,
  runId: string,
  { timeout }: { readonly timeout?: number | undefined } = {},
): Promise<RunStatus> {
  const report = (safe: RunView, paint: Paint) => runReport(safe, paint, session.columns);
  const view = await followRun(session, {
    client,
    runId,
    timeout,
    ...(session.json ? { onChange: (seen) => session.item(seen, report) } : {}),
  });
  session.item(view, report);
  session.exitCode = await exitCodeOf(client, view);
  return view.rolledBack === undefined ? view.status : 'rolled-back';
}
