import type { RunView } from '../shared/api/run-view.ts';
import type { TimelineEvent } from '../shared/api/timeline.ts';
import type { ApiClient } from './api-client.ts';
import { ApiProblemError, LeftError, NoControlPlaneError, TimedOutError } from './cli-errors.ts';
import { type ExitCode, exitCodeOfRun } from './exit-codes.ts';
import type { LiveView } from './live-view.ts';
import { printableValue } from './render/printable.ts';
import { progressLine, progressLines } from './render/run-progress.ts';
import { RunNews } from './run-news.ts';
import type { Session } from './session.ts';

export interface FollowOptions {
  readonly client: ApiClient;
  readonly runId: string;
  /** ms; then TimedOutError, and the run goes on. */
  readonly timeout?: number | undefined;
  /** Ends the following at once, with the signal's reason. Without it Ctrl-C leaves, and says that the run goes on. */
  readonly signal?: AbortSignal;
  /** Each view that differs from the one before. */
  readonly onChange?: (view: RunView) => void;
}

/** For how long a control plane that does not answer is asked again, ms: it may be starting again. */
const PATIENCE = 60_000;

/** Shows how far a run is until it rests. Throws LeftError, TimedOutError. */
export async function followRun(session: Session, options: FollowOptions): Promise<RunView> {
  const interrupts = options.signal ? undefined : leaveOnInterrupt(session, options.runId);
  const signal = options.signal ?? interrupts?.signal ?? new AbortController().signal;
  try {
    return await session.withProgress((view) => untilRest(session, options, shower(session, view, options.onChange), signal));
  } finally {
    interrupts?.stop();
  }
}

async function untilRest(
  session: Session,
  { client, runId, timeout = Number.POSITIVE_INFINITY }: FollowOptions,
  show: (view: RunView) => void,
  signal: AbortSignal,
): Promise<RunView> {
  const { clock } = session.shell;
  const until = clock.now() + timeout;
  const connection = { client };
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const news = new RunNews({ client: () => connection.client, runId, clock, signal: both });
  try {
    for (;;) {
      const seen = await lookedUp(session, connection, runId, signal);
      if (seen.resting) return seen;
      show(seen);
      const left = until - clock.now();
      if (left <= 0) {
        throw new TimedOutError(`Run ${runId} is ${seen.status} still, and goes on.`, {
          next: session.commandLine('watch', runId),
        });
      }
      await news.next(left, signal);
    }
  } finally {
    over.abort();
  }
}

/** The exit code for a run at rest; only a rollback's needs its timeline. */
export async function exitCodeOf(client: ApiClient, view: RunView): Promise<ExitCode> {
  return exitCodeOfRun(view, view.status === 'rolled-back' ? await timelineOf(client, view.id) : []);
}

async function timelineOf(client: ApiClient, runId: string): Promise<TimelineEvent[]> {
  const events: TimelineEvent[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await client.call('get-timeline', { runId, limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    events.push(...page.events);
    if (!page.more) return events;
    cursor = page.cursor;
  }
}

function shower(session: Session, view: LiveView, onChange: FollowOptions['onChange']) {
  const { err } = session.shell;
  let last = '';
  let status = '';
  return (seen: RunView): void => {
    const safe = printableValue(seen);
    view.show(progressLines(safe, session.errorPaint, err.columns ?? 80), progressLine(safe), newsOf(seen) !== status);
    status = newsOf(seen);
    const { seconds: _, ...lasting } = seen;
    const now = JSON.stringify(lasting);
    if (now !== last) onChange?.(seen);
    last = now;
  };
}

/** What a log wants to know at once. */
const newsOf = ({ status, components }: RunView): string =>
  [status, ...components.flatMap(({ status, rollout }) => [status, rollout?.stage, rollout?.promoted])].join();

/** The run as it is; while the control plane is away, or cannot say, it is waited for. */
export async function lookedUp(
  session: Session,
  connection: { client: ApiClient },
  runId: string,
  signal: AbortSignal,
): Promise<RunView> {
  const { clock } = session.shell;
  const until = clock.now() + PATIENCE;
  for (let tries = 0; ; tries++) {
    try {
      return await connection.client.call('get-run', { runId }, signal);
    } catch (error) {
      if (!isPassing(error) || clock.now() >= until) throw error;
      if (tries === 0) session.note(`${error.message} Asking again for ${PATIENCE / 1000} s.`);
      await clock.sleep(1000, signal);
      // It may have come back at another address.
      if (error instanceof NoControlPlaneError) connection.client = await session.client().catch(() => connection.client);
    }
  }
}

/** A run goes on, whether or not its store has answered a look at it in time. */
const isPassing = (error: unknown): error is Error =>
  error instanceof NoControlPlaneError || (error instanceof ApiProblemError && error.problem.status === 503);

interface Interrupts {
  readonly signal: AbortSignal;
  stop(): void;
}

/** In `npm run` one Ctrl-C comes twice, from the terminal and handed on by npm: what comes so soon is no second one, ms. */
const SAME_PRESS = 300;

/** The first Ctrl-C tells that the run goes on, the second leaves. Whoever ends the process otherwise does not ask twice. */
function leaveOnInterrupt(session: Session, runId: string): Interrupts {
  const leaving = new AbortController();
  const again = session.commandLine('watch', runId);
  const { clock } = session.shell;
  let pressedAt: number | undefined;
  const stop = session.shell.onInterrupt((signal) => {
    if (signal === 'SIGINT' && pressedAt === undefined) {
      pressedAt = clock.now();
      session.note(`The run goes on. Watch it again: ${again}\nPress Ctrl-C again to leave.`);
    } else if (signal === 'SIGTERM' || clock.now() - (pressedAt ?? 0) >= SAME_PRESS) {
      leaving.abort(new LeftError('You left; the run goes on.', { next: again }));
    }
  });
  return { signal: leaving.signal, stop };
}
