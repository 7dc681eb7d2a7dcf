import type { Command } from 'commander';
import type { HeldLock } from '../../shared/api/lock-endpoints.ts';
import { LeftError } from '../cli-errors.ts';
import { parseRunId, parseWhole } from '../options.ts';
import { moment } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { painted } from '../render/run-status.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';

interface BreakOptions {
  readonly message: string;
  readonly yes?: true;
}

export function addLocks(program: Command, session: Session): Command {
  const locks = program.command('locks').description('what runs hold, so that no other run touches it');
  locks
    .command('list')
    .description('list the locks that are held')
    .option('--limit <count>', 'look at so many at most', parseWhole(1, 1000), 100)
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async ({ limit, cursor }: { limit: number; cursor?: string }) => {
      const client = await session.client();
      const page = await client.call('list-locks', { limit, cursor });
      session.result(page, (safe, paint) => [
        ...(safe.locks.length === 0 ? ['No lock is held.'] : lines(safe.locks, paint)),
        ...session.more(['locks', 'list'], { limit }, safe.cursor),
      ]);
    });
  locks
    .command('break <run> <resource>')
    .description('take a lock away from a run, which is seized first and cannot go forward any more')
    .requiredOption('-m, --message <reason>', 'why, for the timeline')
    .option('-y, --yes', 'without being asked once more; needed where nobody sits at a terminal')
    .action(async (run: string, resource: string, { message, yes }: BreakOptions) => {
      const runId = parseRunId(run);
      const question = `What run ${runId} did to ${resource} may be half done, and other runs may then touch it. Break the lock?`;
      if (!yes && !(await session.confirm(question)))
        throw new LeftError('The lock is kept.', { next: `slipway status ${runId}` });
      const client = await session.client();
      const broken = await client.call('break-lock', { runId, resource, confirm: resource, reason: message });
      session.result(broken, (safe) => [`${safe.resource} is free. Run ${safe.holder} is ${safe.status ?? 'gone'}.`]);
    });
  return locks;
}

function lines(locks: readonly HeldLock[], paint: Paint): string[] {
  const rows = locks.map(({ resource, holder, status, since }) => [resource, holder, painted(status, paint), moment(since)]);
  return table([['RESOURCE', 'HELD BY', 'WHICH IS', 'SINCE'].map(paint.dim), ...rows]);
}
