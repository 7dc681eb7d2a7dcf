import type { RunView } from '../shared/api/run-view.ts';
import type { TimelineEvent } from '../shared/api/timeline.ts';

/** What the process says to the one that called it. Documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  error: 1,
  configuration: 2,
  authentication: 3,
  runFailed: 4,
  guardrail: 5,
  notFound: 6,
  changes: 7,
  cancelled: 8,
  timedOut: 9,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  error: 'an error of another kind',
  configuration: 'a bad plan, bad flags or a request that cannot be understood',
  authentication: 'the token is missing or wrong, or does not allow it',
  runFailed: 'the run failed, wholly or in part, or was rolled back because of a failure',
  guardrail: 'a guardrail tripped and the run was rolled back',
  notFound: 'there is no such run, component or flag',
  changes: 'a dry run found that there would be changes',
  cancelled: 'you left, or the run was paused, stopped or rolled back by a person',
  timedOut: 'it took longer than was allowed; the run goes on',
};

const CONFIGURATION: ReadonlySet<string> = new Set([
  'MALFORMED',
  'INVALID',
  'UNSUPPORTED_MEDIA_TYPE',
  'PLAN_INVALID',
  'PLAN_CHANGED',
  'PREPARATION_FAILED',
  'BODY_TOO_LARGE',
  'FLAG_INVALID',
]);

/** The exit code for an answer of the API that is no success. */
export function exitCodeOfProblem({ status, code }: { readonly status: number; readonly code: string }): ExitCode {
  if (status === 401 || status === 403) return EXIT.authentication;
  if (status === 404) return EXIT.notFound;
  return CONFIGURATION.has(code) ? EXIT.configuration : EXIT.error;
}

/** The exit code for a run at rest. `events` is its timeline, which alone tells why a run was rolled back. */
export function exitCodeOfRun(
  { status, rolledBack }: Pick<RunView, 'status' | 'rolledBack'>,
  events: readonly TimelineEvent[],
): ExitCode {
  switch (status) {
    case 'succeeded':
      return EXIT.ok;
    case 'failed':
      // Ended by an emergency stop, which a person asked for.
      return rolledBack === undefined ? EXIT.runFailed : EXIT.cancelled;
    case 'partially-failed':
    case 'rollback-failed':
      return EXIT.runFailed;
    case 'rolled-back':
      return exitCodeOfRollback(events);
    default:
      return EXIT.cancelled;
  }
}

const TELLS_WHY: ReadonlySet<string> = new Set(['componentFailed', 'takenOver']);

function exitCodeOfRollback(events: readonly TimelineEvent[]): ExitCode {
  if (events.some(({ type, data }) => TELLS_WHY.has(type) && data['code'] === 'GUARDRAIL_TRIPPED')) return EXIT.guardrail;
  const failures = events.filter(({ type }) => type === 'componentFailed');
  const turned = events.find(({ type, data }) => type === 'takenOver' && data['direction'] === 'back');
  return failures.length > 0 || turned?.actor === 'slipway' ? EXIT.runFailed : EXIT.cancelled;
}
