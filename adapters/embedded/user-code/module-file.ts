import { realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { PreparationError } from '../../../shared/errors/run-errors.ts';

export interface ModuleFile {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly exported: string;
  /** Another text where the file has changed. */
  readonly version: string;
}

const REFERENCE = /^(\.\/[^#]+)#([A-Za-z_$][\w$]*)$/;

/**
 * The file that `./file.ts#export` names in a plan's folder; undefined where there is none, or where the reference is a
 * declared Task's name. A file above the folder, also by way of a link, is refused: what a plan runs lies beside it.
 * The modules themselves may import from wherever they like.
 */
export function moduleFile(baseDir: string, ref: string): ModuleFile | undefined {
  const [, file, exported] = REFERENCE.exec(ref) ?? [];
  if (file === undefined || exported === undefined) return undefined;
  const path = existing(resolve(baseDir, file));
  if (path === undefined) return undefined;
  const base = realpathSync(baseDir);
  if (!path.startsWith(base.endsWith(sep) ? base : base + sep)) {
    throw new PreparationError(`${ref} lies outside of the plan's folder ${baseDir}`, { next: 'Move the file beside the plan.' });
  }
  return { path, exported, version: versionOf(path) };
}

/** Another text where the file has changed. */
export function versionOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs}-${size}-${ino}`;
}

const existing = (path: string): string | undefined => {
  try {
    return statSync(path).isFile() ? realpathSync(path) : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
};
