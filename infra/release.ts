import { setTimeout as delay } from 'node:timers/promises';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { liveFunctions } from './live-functions.ts';
import { planeName } from './naming.ts';
import { ReleaseError } from './release/release-error.ts';
import { releaseFunctions } from './release/release-functions.ts';
import { type ReleaseOptions, releaseOptions } from './release/release-options.ts';

const MAX_ATTEMPTS = 10;

/** What `npm run release` does. Answers the exit code: 0 where all traffic is on the newest versions. */
async function release({ environment, region, json, timeoutMinutes }: ReleaseOptions): Promise<number> {
  // Many ask AWS at once, of which other tools of the account are some: throttled requests come again, for a minute.
  const where = { maxAttempts: MAX_ATTEMPTS, ...(region === undefined ? {} : { region }) };
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const outcomes = await releaseFunctions({
    lambda: new LambdaClient(where),
    codedeploy: new CodeDeployClient(where),
    plane: planeName(environment),
    functions: liveFunctions.map(({ name }) => name),
    wait: (ms, signal) => delay(ms, undefined, { signal }),
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMinutes * 60_000), interrupted.signal]),
    report: (line) => (json ? process.stderr : process.stdout).write(`${line}\n`),
  });
  const count = (outcome: string) => outcomes.filter((one) => one.outcome === outcome).length;
  if (json) process.stdout.write(`${JSON.stringify({ environment, outcomes })}\n`);
  else process.stdout.write(`${count('moved')} moved, ${count('current')} were current, ${count('failed')} failed\n`);
  return count('failed') === 0 ? 0 : 1;
}

try {
  process.exitCode = await release(releaseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
