import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FAULTS, type Fault } from '../../examples/cities/search/messages.ts';
import type { ControlPlane } from '../../local/control-plane.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import { ApiClient } from '../api-client.ts';
import { LeftError, UsageError } from '../cli-errors.ts';
import { claimDemoDirectory } from '../demo/demo-directory.ts';
import { demoLines, demoReport, loadedText, loadingLine } from '../demo/demo-report.ts';
import { canRollOut, rollOut } from '../demo/roll-out.ts';
import { STAGES } from '../demo/rollout-lines.ts';
import { EXIT } from '../exit-codes.ts';
import { exitCodeOf, followRun } from '../follow-run.ts';
import { parseWhole } from '../options.ts';
import { readPlanFile } from '../plan-file.ts';
import { planSourceOf } from '../plan-source.ts';
import { timeSpan, whole } from '../render/figures.ts';
import { DATA_DIR, type Session } from '../session.ts';

const PLAN = fileURLToPath(new URL('../../examples/cities/plan.yaml', import.meta.url));
const ALL = 135_233;

function parseStage(text: string): number {
  const stage = STAGES.find((percent) => String(percent) === text);
  if (stage !== undefined) return stage;
  throw new InvalidArgumentError(`It must be one of ${STAGES.join(', ')}.`);
}

interface DemoOptions {
  readonly records?: number;
  readonly keep?: true;
  readonly rollout: boolean;
  readonly fault?: Fault;
  readonly at: number;
}

export const addDemo = (program: Command, session: Session): Command =>
  program
    .command('demo')
    .description('migrate 135,233 real cities in an embedded control plane of its own, roll out the search over them, and watch')
    .option('--records <count>', 'only so many of them', parseWhole(1, ALL))
    .option('--keep', 'keep the data directory (default: .slipway/demo) and tell how to look at it')
    .option('--no-rollout', 'migrate the data only')
    .addOption(new Option('--fault <kind>', 'break the new search, to see it taken back (exit 5)').choices(FAULTS))
    .option('--at <percent>', `the stage at which it breaks: ${STAGES.join(', ')}`, parseStage, 50)
    .action(async (options: DemoOptions) => {
      requirePossible(options);
      const { keep } = options;
      const { shell, dataDir = join(DATA_DIR, 'demo') } = session;
      const directory = resolve(shell.cwd, dataDir);
      const leaving = new AbortController();
      const stop = shell.onInterrupt(() => leaving.abort(new LeftError('The demo was stopped.', { next: 'slipway demo' })));
      await claimDemoDirectory(directory);
      try {
        await inControlPlane(session, directory, (plane) => change(session, plane, options, leaving.signal));
        if (keep) tellHowToLook(session, dataDir);
      } finally {
        if (!keep) await rm(directory, { recursive: true, force: true });
        stop();
      }
    });

function requirePossible({ rollout, fault }: DemoOptions): void {
  if (fault && !rollout)
    throw new UsageError('--fault breaks a rollout, and --no-rollout leaves it out.', { next: 'Leave out one of both.' });
  if (rollout && !canRollOut())
    throw new UsageError('The sample service needs @openfeature/server-sdk, which is not installed here.', {
      next: 'slipway demo --no-rollout',
    });
}

async function inControlPlane(session: Session, dataDir: string, work: (plane: ControlPlane) => Promise<void>): Promise<void> {
  session.note('Starting the embedded control plane …');
  const { startControlPlane } = await import('../../local/control-plane.ts');
  const plane = await startControlPlane({ dataDir, port: 0, log: (line) => session.note(line) });
  session.note(`Ready at ${plane.url} after ${(plane.readyMs / 1000).toFixed(1)} s.`);
  try {
    await Promise.race([work(plane), plane.failed.then((error) => Promise.reject(error))]);
  } finally {
    await plane.close();
  }
}

/** First the data, and where that went well the traffic. */
async function change(session: Session, plane: ControlPlane, options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { url, token } = plane;
  const client = new ApiClient({ access: { url, token, here: true }, fetch: session.shell.fetch, start: 'slipway demo' });
  const data = await migrateCities(session, plane, client, options.records, signal);
  session.exitCode = await exitCodeOf(client, data);
  if (!options.rollout || session.exitCode !== EXIT.ok) return session.result(demoReport(data), demoLines);
  const fault = options.fault && { kind: options.fault, at: options.at };
  const { view, report } = await rollOut(session, { plane, client, fault, signal });
  session.result(demoReport(data, report), demoLines);
  session.exitCode = await exitCodeOf(client, view);
}

async function migrateCities(
  session: Session,
  plane: ControlPlane,
  client: ApiClient,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<RunView> {
  await load(session, plane, limit, signal);
  const plan = await readPlanFile(PLAN, session.shell.cwd);
  const answer = await client.call('start-run', planSourceOf(plan, client), signal);
  if (answer.dryRun) throw new TypeError('A run was asked for.');
  session.note(`Migrating them by examples/cities/plan.yaml, run ${answer.run.id}.`);
  return followRun(session, { client, runId: answer.run.id, signal });
}

async function load(session: Session, plane: ControlPlane, limit: number | undefined, signal: AbortSignal): Promise<void> {
  const { clock } = session.shell;
  // The AWS SDK takes its time to load, which no other command should wait for.
  const { loadOldCities } = await import('../demo/load-old-cities.ts');
  const began = clock.now();
  const loaded = await session.withProgress((view) =>
    loadOldCities({
      endpoint: plane.dynamodb,
      limit,
      clock,
      signal,
      onProgress: (done, total) => view.show([loadingLine(done, total, session.errorPaint)], loadedText(done, total)),
    }),
  );
  const seconds = timeSpan((clock.now() - began) / 1000);
  session.note(`Loaded ${whole(loaded)} cities as the old service stored them, in ${seconds}.`);
}

function tellHowToLook(session: Session, dataDir: string): void {
  session.note(
    [
      `The data is kept in ${dataDir}. To look at it:`,
      `  slipway dev --data-dir ${dataDir}`,
      `  slipway list --data-dir ${dataDir}        (in another terminal)`,
    ].join('\n'),
  );
}
