import type { RunStatus } from '../shared/run/run-state.ts';
import type { ApiClient } from './api-client.ts';
import { exitCodeOf, followRun } from './follow-run.ts';
import { runReport } from './render/run-report.ts';
import type { Session } from './session.ts';

/** Follows a run until it rests, prints it (as NDJSON: each change, the end last), and takes over its exit code. Answers how it ended. */
export async function watchToEnd(
  session: Session,
  client: ApiClient,
  runId: string,
  { timeout }: { readonly timeout?: number | undefined } = {},
): Promise<RunStatus> {
  const view = await followRun(session, {
    client,
    runId,
    timeout,
    ...(session.json ? { onChange: (seen) => session.item(seen, runReport) } : {}),
  });
  session.item(view, runReport);
  session.exitCode = await exitCodeOf(client, view);
  return view.status;
}
