import { readdirSync } from 'node:fs';
import { EmbeddedUserCode } from '../adapters/embedded/user-code/embedded-user-code.ts';
import { loadTransform } from '../adapters/embedded/user-code/load-transform.ts';
import { ModuleThreads, type ModuleThreadsOptions } from '../adapters/embedded/user-code/module-threads.ts';
import type { CodeSource } from '../functions/deps.ts';
import { inProcess } from '../shared/batch/apply-transform.ts';
import { PreparationError } from '../shared/errors/run-errors.ts';
import type { FunctionFact, PlanFacts, Reference } from '../shared/plan/references.ts';
import type { RecordTransform } from '../shared/ports/record-transform.ts';
import type { UserCode } from '../shared/ports/user-code.ts';

/** Of so many folders it is remembered which files were found. */
const FOLDERS = 1000;

/** The functions beside plans on this machine: `./file.ts#export`, by the folder of the plan. */
export class EmbeddedCode implements CodeSource {
  readonly #folders = new Map<string, EmbeddedUserCode>();
  readonly #threads: ModuleThreads;

  constructor(onLine: NonNullable<ModuleThreadsOptions['onLine']>) {
    this.#threads = new ModuleThreads({ onLine });
  }

  /** Without a folder only a call fails: a plan may name nothing beside it. */
  userCode(baseDir: string | undefined): UserCode {
    return {
      shape: async (ref) => this.#folder(baseDir).shape(ref),
      call: async (...given) => this.#folder(baseDir).call(...given),
    };
  }

  async transform(baseDir: string | undefined, ref: string): Promise<RecordTransform> {
    return inProcess(await loadTransform(required(baseDir), ref));
  }

  async facts(baseDir: string | undefined, references: readonly Reference[]): Promise<Omit<PlanFacts, 'tables'>> {
    if (references.length === 0) return {};
    const code = this.#folder(baseDir);
    const names = [...new Set(references.map(({ name }) => name))];
    const files = [...new Set(names.map((name) => name.slice(0, name.indexOf('#'))))].filter((file) => file !== '');
    const functions: [string, FunctionFact][] = [];
    for (const name of names) functions.push([name, await code.explain(name)]);
    const exports: [string, readonly string[]][] = [];
    for (const file of files) {
      const found = await code.exportsOf(file);
      if (found) exports.push([file, found]);
    }
    return { functions: new Map(functions), exports: new Map(exports), files: filesIn(required(baseDir)) };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  #folder(baseDir: string | undefined): EmbeddedUserCode {
    const folder = required(baseDir);
    const held = this.#folders.get(folder);
    if (held) return held;
    const made = new EmbeddedUserCode({ baseDir: folder, threads: this.#threads });
    if (this.#folders.size >= FOLDERS) this.#folders.clear();
    this.#folders.set(folder, made);
    return made;
  }
}

function required(baseDir: string | undefined): string {
  if (baseDir !== undefined) return baseDir;
  throw new PreparationError('The plan names functions beside it, and its folder was not told.', {
    next: 'Start it with slipway start FILE, or give baseDir with the plan.',
  });
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name) ? [`./${entry.name}`] : [],
  );
