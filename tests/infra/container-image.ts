import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The instructions of a Dockerfile, with their continuation lines joined. */
export const instructionsOf = (text: string): readonly Instruction[] =>
  text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => ({ name: line.slice(0, line.indexOf(' ')).toUpperCase(), text: line.slice(line.indexOf(' ') + 1).trim() }));

/** What COPY takes from the repository, or from an earlier stage. */
export function copyOf({ text }: Instruction): {
  readonly stage: string | undefined;
  readonly from: readonly string[];
  readonly to: string;
} {
  const words = text.split(/\s+/);
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { stage, from: paths.slice(0, -1), to: paths.at(-1) ?? '' };
}

/** The last stage's words of CMD, ENTRYPOINT or a HEALTHCHECK, which are arrays of JSON. */
export function wordsOf(instructions: readonly Instruction[], name: string): readonly string[] {
  const text = instructions.findLast((one) => one.name === name)?.text ?? '[]';
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
}

/** Does in an empty folder what the Dockerfile does in the image's /app: the same files, the same installation. */
export async function assemble(root: string, folder: string, instructions: readonly Instruction[]): Promise<void> {
  for (const instruction of instructions) {
    if (instruction.name === 'COPY') {
      const { stage, from, to } = copyOf(instruction);
      if (stage !== undefined) continue;
      for (const path of from) {
        const target = to.startsWith('.') && to.endsWith('/') ? join(folder, path) : join(folder, to);
        await mkdir(dirname(target), { recursive: true });
        await cp(join(root, path), target, { recursive: true });
      }
    }
    if (instruction.name === 'RUN' && instruction.text.startsWith('npm ci')) {
      const [install = ''] = instruction.text.split('&&');
      const words = install.trim().split(/\s+/).slice(1);
      await promisify(execFile)('npm', [...words, '--prefer-offline', '--no-progress'], { cwd: folder });
    }
  }
  await mkdir(join(folder, 'bin'));
  await symlink(join(folder, 'cli/main.ts'), join(folder, 'bin/slipway'));
}
