import { SlipwayError } from '../../shared/errors/slipway-error.ts';

/** The Pulumi program leaves something unconnected; every such place is told at once. */
export class WiringError extends SlipwayError {
  override readonly name = 'WiringError';
  override readonly code = 'WIRING_BROKEN';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The Pulumi program is not wired up:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
      next: 'Mend infra/ or the catalog entry that is named, then start again.',
    });
    this.problems = problems;
  }
}
