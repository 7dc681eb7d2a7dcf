import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

/** `npm run simulate -- --seeds N --from S [--without CLAUSE] [--log]`: plays seeds one after another and stops at the first that fails. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    without: { type: 'string' },
    log: { type: 'boolean', default: false },
  },
});
const from = Number(values.from);
const count = Number(values.seeds);
let played = 0;
let failed = 0;
const began = performance.now();
for (let seed = from; seed < from + count; seed += 1) {
  const outcome = await simulate(seed, values.without);
  played += 1;
  if (values.log) console.log(outcome.log.join('\n'));
  if (outcome.violations.length === 0) continue;
  failed += 1;
  console.log(`seed ${seed} fails:\n  ${outcome.violations.join('\n  ')}`);
  console.log(
    `repeat it: npm run simulate -- --seeds 1 --from ${seed} --log${values.without ? ` --without '${values.without}'` : ''}`,
  );
  break;
}
console.log(`${played - failed} passed, ${failed} failed, ${Math.round(performance.now() - began)} ms`);
process.exitCode = failed > 0 ? 1 : 0;
