import { nearest, type Path, pathText, quote } from '../plan/problem.ts';

/** Stable names of what can be wrong with a flag document. */
export type FlagProblemCode =
  | 'BAD_ARGUMENTS'
  | 'BAD_FORMAT'
  | 'CYCLE'
  | 'FORBIDDEN_KEY'
  | 'INVALID_NUMBER'
  | 'MISSING_KEY'
  | 'NOT_JSON'
  | 'TOO_DEEP'
  | 'TOO_LARGE'
  | 'TOO_MANY'
  | 'UNKNOWN_EVALUATOR'
  | 'UNKNOWN_KEY'
  | 'UNKNOWN_OPERATOR'
  | 'UNKNOWN_VARIANT'
  | 'WRONG_TYPE';

/** One thing that is wrong with a flag document: the message says where, what, and what to do. */
export interface FlagProblem {
  readonly code: FlagProblemCode;
  readonly message: string;
  readonly path: Path;
  readonly suggestion?: string;
}

/** Problems that are told; more are counted. */
const SHOWN = 100;

/** Gathers problems, each place's once. */
export class FlagProblems {
  readonly #found = new Map<string, FlagProblem>();

  add(code: FlagProblemCode, path: Path, fact: string, suggestion?: string): void {
    const hint = suggestion === undefined ? '' : ` Did you mean ${quote(suggestion)}?`;
    const message = `${path.length === 0 ? 'The document' : pathText(path)} ${fact}${hint}`;
    const id = `${code} ${JSON.stringify(path)} ${fact}`;
    if (this.#found.size <= SHOWN) {
      this.#found.set(id, { code, message, path, ...(suggestion === undefined ? {} : { suggestion }) });
    }
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  all(): FlagProblem[] {
    const found = [...this.#found.values()];
    if (found.length <= SHOWN) return found;
    const message = `The document has more problems; these are the first ${SHOWN}. Correct them and look again.`;
    return [...found.slice(0, SHOWN), { code: 'TOO_MANY', message, path: [] }];
  }
}

/** The name among `known` that was probably meant. */
export const probably = (word: string, known: Iterable<string>): string | undefined => nearest(word, known);
