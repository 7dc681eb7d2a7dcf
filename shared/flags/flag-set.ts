import { quote } from '../plan/problem.ts';
import type { CompiledFlag, Outcome } from './compile-flag.ts';
import { type FlagContext, type FlagMetadata, type FlagTypes, failed, type Resolution } from './resolution.ts';

const NOBODY: FlagContext = Object.freeze({});

/** The flags of one document, compiled. Evaluating never throws, and gives the caller's default where a flag has no value. */
export class FlagSet {
  readonly #flags: ReadonlyMap<string, CompiledFlag>;
  /** Of the set, without those of single flags. */
  readonly metadata: FlagMetadata;

  constructor(flags: ReadonlyMap<string, CompiledFlag>, metadata: FlagMetadata) {
    this.#flags = flags;
    this.metadata = metadata;
  }

  get keys(): string[] {
    return [...this.#flags.keys()];
  }

  boolean(key: string, fallback: boolean, context: FlagContext = NOBODY): Resolution<boolean> {
    const outcome = this.resolve(key, context);
    return typeof outcome.value === 'boolean' ? (outcome as Resolution<boolean>) : instead(outcome, 'boolean', key, fallback);
  }

  string(key: string, fallback: string, context: FlagContext = NOBODY): Resolution<string> {
    const outcome = this.resolve(key, context);
    return typeof outcome.value === 'string' ? (outcome as Resolution<string>) : instead(outcome, 'string', key, fallback);
  }

  number(key: string, fallback: number, context: FlagContext = NOBODY): Resolution<number> {
    const outcome = this.resolve(key, context);
    return typeof outcome.value === 'number' ? (outcome as Resolution<number>) : instead(outcome, 'number', key, fallback);
  }

  object<T extends object>(key: string, fallback: T, context: FlagContext = NOBODY): Resolution<T> {
    const outcome = this.resolve(key, context);
    return typeof outcome.value === 'object' ? (outcome as unknown as Resolution<T>) : instead(outcome, 'object', key, fallback);
  }

  /** Of whatever type; without a value where the caller's default counts. */
  resolve(key: string, context: FlagContext = NOBODY): Outcome {
    const flag = this.#flags.get(key);
    return flag === undefined ? notFound(key, this.metadata) : (flag.fixed ?? flag.decide(context));
  }
}

const notFound = (key: string, metadata: FlagMetadata): Outcome =>
  failed('FLAG_NOT_FOUND', `There is no flag ${quote(key)}.`, metadata);

/** The caller's default, and why. */
function instead<T>(outcome: Outcome, type: keyof FlagTypes, key: string, fallback: T): Resolution<T> {
  const { value, flagMetadata } = outcome;
  if (value === undefined) return { ...outcome, value: fallback };
  const message = `The flag ${quote(key)} is of type ${typeof value}, not ${type}.`;
  return { ...failed('TYPE_MISMATCH', message, flagMetadata), value: fallback };
}
