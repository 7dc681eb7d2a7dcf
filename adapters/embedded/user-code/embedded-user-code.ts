import { PreparationError } from '../../../shared/errors/run-errors.ts';
import type { FunctionFact } from '../../../shared/plan/references.ts';
import type { Value } from '../../../shared/ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../../../shared/ports/user-code.ts';
import { systemClock } from '../system-clock.ts';
import type { Exports } from './messages.ts';
import { type ModuleFile, moduleFile, versionOf } from './module-file.ts';
import { ModuleThreads, type ModuleThreadsOptions } from './module-threads.ts';

export interface EmbeddedUserCodeOptions extends ModuleThreadsOptions {
  /** The plan's folder, against which `./file.ts#export` is resolved. */
  readonly baseDir: string;
  /** Shared with other folders; its own by default. */
  readonly threads?: ModuleThreads;
}

/** Loading a module takes this long at most, ms. */
const LOAD_TIME = 30_000;

/**
 * User code beside a plan: each file in a thread of its own, read anew when the file has changed (what the file imports is read anew
 * only with it).
 */
export class EmbeddedUserCode implements UserCode {
  readonly #options: EmbeddedUserCodeOptions;
  readonly #clock: NonNullable<ModuleThreadsOptions['clock']>;
  readonly #threads: ModuleThreads;
  readonly #found = new Map<string, ModuleFile>();

  constructor(options: EmbeddedUserCodeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#threads = options.threads ?? new ModuleThreads(options);
  }

  async shape(ref: string): Promise<TaskShape | undefined> {
    const fact = await this.explain(ref);
    return typeof fact === 'string' ? undefined : fact;
  }

  /** The shape, or what is missing. Throws UserFunctionError where the file cannot be loaded. */
  async explain(ref: string): Promise<FunctionFact> {
    const module = moduleFile(this.#options.baseDir, ref);
    if (!module) return 'missing-file';
    return (await this.#describe(module)).get(module.exported) ?? 'missing-export';
  }

  /** The names that a file (`./file.ts`) exports; undefined: there is no such file. */
  async exportsOf(file: string): Promise<readonly string[] | undefined> {
    const module = moduleFile(this.#options.baseDir, `${file}#default`);
    return module && [...(await this.#describe(module)).keys()];
  }

  async call(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    const module = this.#find(ref);
    if (!module) {
      throw new PreparationError(`There is no ${ref} in ${this.#options.baseDir}`, { next: 'Check the reference in the plan.' });
    }
    return this.#threads.of(module).call(`${ref} ${method}`, module.exported, method, input, deadline);
  }

  /** Ends every thread, whatever it does. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  /** Resolving links costs more than the rest of a call: a path that was found is only asked for its version. */
  #find(ref: string): ModuleFile | undefined {
    const found = this.#found.get(ref);
    try {
      if (found) return { ...found, version: versionOf(found.path) };
    } catch {
      this.#found.delete(ref);
    }
    const module = moduleFile(this.#options.baseDir, ref);
    if (module) this.#found.set(ref, module);
    return module;
  }

  async #describe(module: ModuleFile): Promise<Map<string, TaskShape>> {
    const exports: Exports = await this.#threads.of(module).describe(`Loading ${module.path}`, this.#clock.now() + LOAD_TIME);
    return new Map(Object.entries(exports));
  }
}
