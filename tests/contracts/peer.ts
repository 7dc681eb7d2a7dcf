import { describe, it } from 'vitest';

/**
 * Declares the tests that need a peer. `problem` says why it is not there: the tests are then skipped with one line, or,
 * with CI=true, one test fails.
 */
export const withPeer = (peer: string, problem: string | undefined, declare: () => void): void => {
  if (problem === undefined) {
    declare();
    return;
  }
  const line = `${peer} is absent: ${problem}`;
  if (process.env['CI'] !== 'true') {
    describe.skip(line, () => it('waits for the peer', declare));
    return;
  }
  it(`finds ${peer}`, () => {
    throw new Error(`${line}. With CI=true a missing peer fails.`);
  });
};
