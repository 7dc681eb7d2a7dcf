import { LineTelemetry } from '../adapters/telemetry/line-telemetry.ts';
import { SelfMonitor } from '../adapters/telemetry/self-monitor.ts';
import { logContext } from '../functions/middleware/invocation.ts';
import type { LambdaHandler } from '../functions/middleware/lambda-handler.ts';
import { observed } from '../functions/middleware/observed.ts';
import { redact } from '../shared/redaction/redact.ts';
import { embeddedMetrics } from '../shared/telemetry/embedded-metric.ts';
import { DEFAULT_THRESHOLDS } from '../shared/telemetry/vital-signs.ts';
import { type Row, round } from './row.ts';

const CALLS = 2000;
const facts = { service: 'slipway', environment: 'bench', version: '1' };
const context = { awsRequestId: 'r', functionName: 'bench', getRemainingTimeInMillis: () => 1000 };

/** What it costs a call that it is watched: logged, measured and looked at, against the same handler alone, in turns. */
export async function selfMonitoring({ rounds = 9 }: { rounds?: number } = {}): Promise<Row[]> {
  const monitor = new SelfMonitor(DEFAULT_THRESHOLDS);
  const clock = { now: () => Date.now(), sleep: async () => {} };
  let written = 0;
  const write = (line: string): void => {
    written += line.length;
  };
  const telemetry = new LineTelemetry({
    clock,
    level: 'info',
    context: () => logContext(facts),
    write,
    measure: (measures) => {
      for (const line of embeddedMetrics(measures, 'bench', 0)) write(JSON.stringify(line));
    },
  });
  const ids = { next: () => 'id', random: () => 0.5 };
  const handler: LambdaHandler = async () => ({ outcome: 'done' });
  const watched = observed({ clock, ids, observer: { telemetry, monitor, facts, debugShare: 0 } }, handler);
  const turns: { alone: readonly number[]; watched: readonly number[] }[] = [];
  for (let turn = 0; turn < rounds; turn += 1) turns.push({ alone: await timed(handler), watched: await timed(watched) });
  monitor.close();
  // Whatever else the machine does only adds: the least of the turns is the call's own.
  const more = (share: number) => Math.min(...turns.map((turn) => at(turn.watched, share) - at(turn.alone, share)));
  const calls = turns.length * CALLS;
  return [
    { name: 'a call that is watched, more at p50', value: round(more(0.5), 4), unit: 'ms', goal: null, met: null },
    { name: 'a call that is watched, more at p99', value: round(more(0.99), 4), unit: 'ms', goal: '< 1', met: more(0.99) < 1 },
    { name: 'written to the log for each call', value: Math.round(written / calls), unit: 'bytes', goal: null, met: null },
    ...redaction(),
  ];
}

async function timed(handler: LambdaHandler): Promise<number[]> {
  const took: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const began = performance.now();
    await handler({}, context);
    took.push(performance.now() - began);
  }
  // The first calls are compiled.
  return took.slice(CALLS / 5);
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;

/** What an answer of the API pays: a run of 20 components. */
function redaction(): Row[] {
  const run = {
    components: Array.from({ length: 20 }, (_, n) => ({
      ...{ name: `component-${n}`, kind: 'task', status: 'completed', startedAt: n, endedAt: n },
      outputs: { url: 'https://example.com/list?page=1', written: n },
      failure: { code: 'USER_CODE_FAILED', message: 'The table users refused the write: status: 500' },
    })),
  };
  const took = Array.from({ length: 1000 }, () => {
    const began = performance.now();
    redact(run);
    return performance.now() - began;
  });
  const kilobytes = JSON.stringify(run).length / 1000;
  const value = round((at(took.slice(200), 0.5) / kilobytes) * 1000, 1);
  return [{ name: 'redaction of an answer, a kilobyte', value, unit: 'µs', goal: null, met: null }];
}
