import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A folder of a server's own; `user` owns it where this process may say so. */
export async function serverFolder(name: string, user: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `slipway-${name}-`));
  if (process.getuid?.() === 0) await chown(folder, idOf(user, '-u'), idOf(user, '-g'));
  return folder;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

const idOf = (user: string, which: string): number => Number(spawnSync('id', [which, user], { encoding: 'utf8' }).stdout.trim());

/** Servers refuse to run as root: then they run as the user whom their package made. */
const as = (user: string, command: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0 ? ['runuser', ['-u', user, '--', ...command]] : [command[0] as string, command.slice(1)];

/** Runs a command to its end; throws with what it said where it fails. */
export function run(user: string, command: readonly string[], input = ''): string {
  const [file, given] = as(user, command);
  const done = spawnSync(file, given, { encoding: 'utf8', input, timeout: 60_000 });
  if (done.status !== 0) throw new Error(`${command[0]} failed: ${done.error?.message ?? ''}${done.stderr}${done.stdout}`);
  return done.stdout;
}

/** A server in a process of its own, ended with this one. */
export class ServerProcess {
  #process: ChildProcess | undefined;

  async start(user: string, command: readonly string[], ready: () => Promise<boolean>): Promise<void> {
    const [file, given] = as(user, command);
    const child = spawn(file, given, { stdio: 'ignore', detached: true });
    this.#process = child;
    process.once('exit', () => this.kill('SIGKILL'));
    for (let waited = 0; waited < 300; waited += 1) {
      if (child.exitCode !== null) throw new Error(`${command[0]} ended with ${child.exitCode} before it was ready`);
      if (await ready().catch(() => false)) return;
      await sleep(100);
    }
    throw new Error(`${command[0]} was not ready in 30 s`);
  }

  kill(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined || this.#process?.exitCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It is gone already.
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    this.kill(signal);
    await gone;
  }
}
