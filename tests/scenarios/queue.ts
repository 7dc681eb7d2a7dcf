import { parseArgs } from 'node:util';
import { queueRuns } from './queue-runs.ts';

/**
 * `npm run queue -- --runs 100 --limit 10 [--kills 5] [--seed S]`: starts runs at once, kills the control plane with SIGKILL while they
 * wait and work, and tells whether all of them end, never more than the limit are under way, and nothing is left.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    limit: { type: 'string', default: '10' },
    kills: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const crowd = { runs: Number(values.runs), atOnce: Number(values.limit), kills: Number(values.kills), seed: Number(values.seed) };
const { seconds, most, overtaken, broken } = await queueRuns(crowd);
for (const what of broken) console.log(`FAILS: ${what}`);
console.log(
  `${crowd.runs} runs, ${crowd.kills} kills: ${seconds.toFixed(1)} s, at most ${most} of ${crowd.atOnce} at once, ${overtaken} overtaken by a lower priority`,
);
process.exitCode = broken.length > 0 ? 1 : 0;
