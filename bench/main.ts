import { parseArgs } from 'node:util';
import { alerts } from './alerts.ts';
import { api } from './api.ts';
import { batch } from './batch.ts';
import { coldStart } from './cold-start.ts';
import { cost } from './cost.ts';
import { failover } from './failover.ts';
import { flags } from './flags.ts';
import { guardrails } from './guardrails.ts';
import { kpi } from './kpi.ts';
import { rotation } from './rotation.ts';
import type { Row } from './row.ts';
import { selfMonitoring } from './self-monitoring.ts';
import { steps } from './steps.ts';

const BENCHMARKS: Readonly<Record<string, (options: { records?: number; rounds?: number }) => Promise<Row[]>>> = {
  api,
  alerts,
  batch,
  'cold-start': coldStart,
  cost,
  failover,
  flags,
  guardrails,
  kpi,
  rotation,
  'self-monitoring': selfMonitoring,
  steps,
};

/** `npm run bench -- NAME [--rounds N] [--records N] [--json]`: exit code 0 where every goal is met, 1 where one is missed, 2 for a bad call. */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' }, records: { type: 'string' } },
  });
  const benchmark = BENCHMARKS[positionals[0] ?? ''];
  if (!benchmark) {
    process.stderr.write(`No such benchmark: ${positionals[0] ?? '(none)'}. There are: ${Object.keys(BENCHMARKS).join(', ')}\n`);
    return 2;
  }
  const rows = await benchmark({
    ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
    ...(values.records === undefined ? {} : { records: Number(values.records) }),
  });
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : rows.map(line).join(''));
  return rows.some(({ met }) => met === false) ? 1 : 0;
}

const line = ({ name, value, unit, goal, met }: Row): string =>
  `${name.padEnd(44)} ${String(value).padStart(10)} ${unit.padEnd(10)} ${goal === null ? '' : `goal ${goal}: ${met ? 'met' : 'missed'}`}\n`;

process.exitCode = await main();
