import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { MAX_PLAN_CHARACTERS, type PlanDocument } from '../shared/api/plan-document.ts';
import { parsePlan } from '../shared/plan/parse-plan.ts';
import { readPlain } from '../shared/plan/plain-value.ts';
import { PlanFileError, UsageError } from './cli-errors.ts';
import type { Problem } from './plan-problem.ts';

/** A plan on this machine, ready to be sent. */
export interface PlanFile {
  /** As the person named it, for messages. */
  readonly file: string;
  readonly document: PlanDocument;
  /** Absolute. */
  readonly baseDir: string;
}

const MODULES: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);

/** Reads YAML or JSON as text, and a module as the value that it exports by default. Throws UsageError. */
export async function readPlanFile(file: string, cwd: string): Promise<PlanFile> {
  const path = resolve(cwd, file);
  const baseDir = dirname(path);
  if (MODULES.has(extname(path))) return { file, baseDir, document: { value: await moduleValue(path, file) } };
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read: ${REASONS[cause.code ?? ''] ?? cause.message}.`, {
      next: 'Name a plan, or make a first one: slipway init',
      cause,
    });
  });
  return { file, baseDir, document: { text, file: basename(path), format: 'auto' } };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not read it',
};

async function moduleValue(path: string, file: string) {
  const loaded = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file} cannot be loaded: ${why}`, { next: 'Mend the module, then run the command again.', cause });
  });
  const { default: exported } = loaded as { default?: unknown };
  if (exported === undefined || typeof exported === 'function')
    throw new UsageError(`${file} exports no plan.`, { next: 'Export one: export default definePlan({ ... })' });
  const { value, problems } = readPlain(exported);
  if (problems.length > 0) throw new PlanFileError(problems.map((problem) => ({ ...problem, path: [...problem.path] })));
  return value as z.output<ReturnType<typeof z.json>>;
}

/** What need not be sent to be refused: a request of this size would not be taken. */
export function problemsBeforeSending({ document }: PlanFile): readonly Problem[] {
  if (!('text' in document) || document.text.length <= MAX_PLAN_CHARACTERS) return [];
  const parsed = parsePlan(document.text, { format: document.format, file: document.file });
  return parsed.ok ? [] : parsed.problems.map((problem) => ({ ...problem, path: [...problem.path] }));
}
