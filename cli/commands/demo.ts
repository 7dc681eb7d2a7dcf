import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { ControlPlane } from '../../local/control-plane.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import { ApiClient } from '../api-client.ts';
import { LeftError } from '../cli-errors.ts';
import { claimDemoDirectory } from '../demo/demo-directory.ts';
import { demoLines, demoReport, loadedText, loadingLine } from '../demo/demo-report.ts';
import { exitCodeOf, followRun } from '../follow-run.ts';
import { parseWhole } from '../options.ts';
import { readPlanFile } from '../plan-file.ts';
import { planSourceOf } from '../plan-source.ts';
import { timeSpan, whole } from '../render/figures.ts';
import { DATA_DIR, type Session } from '../session.ts';

const PLAN = fileURLToPath(new URL('../../examples/cities/plan.yaml', import.meta.url));
const ALL = 135_233;

interface DemoOptions {
  readonly records?: number;
  readonly keep?: true;
}

export const addDemo = (program: Command, session: Session): Command =>
  program
    .command('demo')
    .description('migrate 135,233 real cities in an embedded control plane of its own, and watch')
    .option('--records <count>', 'only so many of them', parseWhole(1, ALL))
    .option('--keep', 'keep the data directory (default: .slipway/demo) and tell how to look at it')
    .action(async ({ records, keep }: DemoOptions) => {
      const { shell, dataDir = join(DATA_DIR, 'demo') } = session;
      const directory = resolve(shell.cwd, dataDir);
      const leaving = new AbortController();
      const stop = shell.onInterrupt(() => leaving.abort(new LeftError('The demo was stopped.', { next: 'slipway demo' })));
      await claimDemoDirectory(directory);
      try {
        await inControlPlane(session, directory, (plane) => migrateCities(session, plane, records, leaving.signal));
        if (keep) tellHowToLook(session, dataDir);
      } finally {
        if (!keep) await rm(directory, { recursive: true, force: true });
        stop();
      }
    });

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

async function migrateCities(
  session: Session,
  plane: ControlPlane,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  await load(session, plane, limit, signal);
  const { url, token } = plane;
  const client = new ApiClient({ access: { url, token, here: true }, fetch: session.shell.fetch, start: 'slipway demo' });
  const plan = await readPlanFile(PLAN, session.shell.cwd);
  const answer = await client.call('start-run', planSourceOf(plan, client), signal);
  if (answer.dryRun) return;
  session.note(`Migrating them by examples/cities/plan.yaml, run ${answer.run.id}.`);
  const view: RunView = await followRun(session, { client, runId: answer.run.id, signal });
  session.result(demoReport(view), demoLines);
  session.exitCode = await exitCodeOf(client, view);
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
