import { PreparationError } from '../../../shared/errors/run-errors.ts';
import type { FunctionFact } from '../../../shared/plan/references.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Value } from '../../../shared/ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../../../shared/ports/user-code.ts';
import { systemClock } from '../system-clock.ts';
import type { Exports, UserLine } from './messages.ts';
import { type ModuleFile, moduleFile, versionOf } from './module-file.ts';
import { ModuleThread } from './module-thread.ts';

export interface EmbeddedUserCodeOptions {
  /** The plan's folder, against which `./file.ts#export` is resolved. */
  readonly baseDir: string;
  /** Hears each line that user code prints, with the path of its file. */
  readonly onLine?: (line: UserLine & { readonly file: string }) => void;
  readonly clock?: Pick<Clock, 'now'>;
}

/** Loading a module takes this long at most, ms. */
const LOAD_TIME = 30_000;

interface Held {
  readonly version: string;
  readonly thread: ModuleThread;
}

/**
 * User code beside a plan: each file in a thread of its own, kept between calls and made anew when the file has changed
 * (what the file imports is read anew only with it).
 */
export class EmbeddedUserCode implements UserCode {
  readonly #options: EmbeddedUserCodeOptions;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #threads = new Map<string, Held>();
  /** Those that were replaced and still have calls under way. */
  readonly #retired = new Set<ModuleThread>();
  readonly #found = new Map<string, ModuleFile>();

  constructor(options: EmbeddedUserCodeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
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
    return this.#thread(module).call(`${ref} ${method}`, module.exported, method, input, deadline);
  }

  /** Ends every thread, whatever it does. */
  async close(): Promise<void> {
    const threads = [...this.#retired, ...[...this.#threads.values()].map(({ thread }) => thread)];
    this.#threads.clear();
    await Promise.all(threads.map((thread) => thread.close()));
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
    const exports: Exports = await this.#thread(module).describe(`Loading ${module.path}`, this.#clock.now() + LOAD_TIME);
    return new Map(Object.entries(exports));
  }

  #retire(thread: ModuleThread): void {
    this.#retired.add(thread);
    void thread.gone.then(() => this.#retired.delete(thread));
    thread.retire();
  }

  #thread({ path, version }: ModuleFile): ModuleThread {
    const held = this.#threads.get(path);
    if (held?.thread.alive && held.version === version) return held.thread;
    if (held) this.#retire(held.thread);
    const thread = new ModuleThread(path, this.#clock, (line) => this.#options.onLine?.({ ...line, file: path }));
    this.#threads.set(path, { version, thread });
    return thread;
  }
}
