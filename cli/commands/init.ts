import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { type StarterFile, starterPlan } from '../../shared/plan/starter-plan.ts';
import { UsageError } from '../cli-errors.ts';
import type { Session } from '../session.ts';

export const addInit = (program: Command, session: Session): Command =>
  program
    .command('init [dir]')
    .description('write a first plan that runs as it is; nothing that is there is overwritten')
    .action(async (dir = '.') => {
      const folder = resolve(session.shell.cwd, dir);
      const files = starterPlan({ name: nameOf(folder), environment: 'local' });
      await writeAll(folder, files);
      const plan = join(relative(session.shell.cwd, folder), 'plan.yaml');
      session.result({ directory: folder, files: files.map(({ path }) => path), plan }, (safe) => [
        `Wrote ${safe.files.join(' and ')} in ${safe.directory}.`,
        '',
        `What it would do:     slipway plan ${safe.plan}`,
        'The control plane:    slipway dev            (in another terminal)',
        `Run it and watch:     slipway start ${safe.plan} --watch`,
      ]);
    });

/** The folder's name as the name of a plan. */
const nameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '') || 'starter';

async function writeAll(folder: string, files: readonly StarterFile[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => refuse(folder, cause));
  for (const { path, text } of files) {
    const file = join(folder, path);
    await writeFile(file, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => refuse(file, cause));
  }
}

function refuse(path: string, cause: NodeJS.ErrnoException): never {
  const why = cause.code === 'EEXIST' ? 'is there already' : `cannot be written: ${cause.code ?? cause.message}`;
  throw new UsageError(`${path} ${why}.`, { next: 'Name a folder for the plan: slipway init DIR', cause });
}
