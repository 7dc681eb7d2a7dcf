import { SlipwayError } from '../../../shared/errors/slipway-error.ts';

export type DataDirectoryProblem = 'in-use' | 'foreign' | 'newer' | 'corrupted' | 'unusable';

const NEXT: Readonly<Record<DataDirectoryProblem, string>> = {
  'in-use': 'Stop the other process, or name another directory with --data-dir.',
  foreign: 'Name an empty directory, or one that Slipway made, with --data-dir.',
  newer: 'Use the release that made it, or name another directory with --data-dir.',
  corrupted: 'Keep it as it is, put a backup of it in its place, or start afresh with another --data-dir.',
  unusable: 'Check that the directory exists, is writable and that the disk has room.',
};

/** A directory that cannot serve as the embedded store. It was left as it was found. */
export class DataDirectoryError extends SlipwayError {
  override readonly name = 'DataDirectoryError';
  override readonly code = 'DATA_DIRECTORY';
  readonly path: string;
  readonly problem: DataDirectoryProblem;
  /** What is wrong, as the rest of a sentence on the directory. */
  readonly fact: string;

  constructor(path: string, problem: DataDirectoryProblem, fact: string, cause?: unknown) {
    super(`The data directory ${path} ${fact}.`, { next: NEXT[problem], cause });
    this.path = path;
    this.problem = problem;
    this.fact = fact;
  }
}
