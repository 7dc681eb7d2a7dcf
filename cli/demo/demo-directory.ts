import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../cli-errors.ts';

const MARKER = 'slipway-demo.json';

/** An empty directory for a demo. What is there is taken away only where an earlier demo made it. */
export async function claimDemoDirectory(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`${directory} cannot be used for the demo: ${error.code ?? error.message}.`, {
      next: NEXT,
      cause: error,
    });
  });
  if (entries.length > 0) await requireEarlierDemo(directory, entries);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, MARKER), `${JSON.stringify({ pid: process.pid })}\n`);
}

const NEXT = 'Name an empty directory with --data-dir.';

async function requireEarlierDemo(directory: string, entries: readonly string[]): Promise<void> {
  if (!entries.includes(MARKER)) {
    throw new UsageError(`${directory} holds files that no demo made; they were left alone.`, { next: NEXT });
  }
  const pid = pidIn(await readFile(join(directory, MARKER), 'utf8'));
  if (pid !== undefined && pid !== process.pid && isAlive(pid)) {
    throw new UsageError(`A demo seems to run in ${directory} (process ${pid}).`, { next: `Wait for its end. ${NEXT}` });
  }
}

function pidIn(text: string): number | undefined {
  const pid = Number(/"pid":(\d{1,9})/.exec(text)?.[1]);
  return pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
