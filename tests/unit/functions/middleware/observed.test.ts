import { describe, expect, it } from 'vitest';
import { LineTelemetry } from '../../../../adapters/telemetry/line-telemetry.ts';
import { count, logContext, noteKeys } from '../../../../functions/middleware/invocation.ts';
import type { LambdaHandler } from '../../../../functions/middleware/lambda-handler.ts';
import { observed } from '../../../../functions/middleware/observed.ts';
import type { Observer } from '../../../../functions/observer.ts';
import type { Measure } from '../../../../shared/ports/telemetry.ts';
import { memoryDeps } from '../memory-deps.ts';

const facts = { service: 'slipway', environment: 'test', version: '3' };
const context = { awsRequestId: 'r1', functionName: 'work', getRemainingTimeInMillis: () => 1000 };

function watched(handler: LambdaHandler, more: Partial<Observer> = {}) {
  const lines: Record<string, unknown>[] = [];
  const measured: Measure[] = [];
  const { clock } = memoryDeps();
  const telemetry = new LineTelemetry({
    clock,
    level: 'info',
    context: () => logContext(facts),
    write: (line) => lines.push(JSON.parse(line)),
    measure: (measures) => measured.push(...measures),
  });
  const monitor = {
    begin: () => () => ({ cpuMs: 1, rssMb: 2, crossed: [{ measure: 'handles', value: 9, threshold: 1 }] }),
    figures: () => ({ cpuMs: 0, rssMb: 0 }),
  };
  const observer: Observer = { facts, telemetry, monitor, debugShare: 0, ...more };
  return { call: observed(memoryDeps({ observer }), handler), lines, measured, telemetry };
}

describe('observed', () => {
  it('tells how a call ended, for whom it was and what it used, and hands on what was counted', async () => {
    const { call, lines, measured } = watched(async () => {
      noteKeys({ run_id: 'run1', component: undefined });
      count({ name: 'slipway_api_calls_total', value: 1, labels: { service: 's3' } });
      return { outcome: 'more' };
    });
    expect(await call({}, context)).toEqual({ outcome: 'more' });
    expect(lines).toMatchObject([
      { level: 'WARN', measure: 'handles', value: 9, threshold: 1 },
      {
        level: 'INFO',
        outcome: 'more',
        run_id: 'run1',
        function_name: 'work',
        function_request_id: 'r1',
        cpu_ms: 1,
        version: '3',
      },
    ]);
    expect(measured.map(({ name }) => name)).toEqual(['slipway_api_calls_total', 'slipway_function_warnings_total']);
  });

  it('tells of an error without its secrets, and throws it on', async () => {
    const error = new Error('postgres://u:hunter2@h/');
    const { call, lines } = watched(() => Promise.reject(error));
    await expect(call({}, context)).rejects.toBe(error);
    expect(lines.at(-1)).toMatchObject({ level: 'ERROR', outcome: 'error', error: { name: 'Error' } });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('keeps apart what calls at the same time say of themselves', async () => {
    const { call, lines } = watched(async (event) => {
      noteKeys({ run_id: event as string });
      await Promise.resolve();
      return { outcome: event };
    });
    await Promise.all(['a', 'b', 'c'].map((name) => call(name, context)));
    const ended = lines.filter(({ level }) => level === 'INFO').map(({ outcome, run_id }) => [outcome, run_id]);
    expect(ended).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ]);
  });

  it.each([
    [0, 0],
    [1, 1],
  ])('logs from debug on for its share of calls: %d', async (debugShare, told) => {
    const world = watched(async () => world.telemetry.log('debug', 'detail'), { debugShare });
    await world.call({}, context);
    expect(world.lines.filter(({ level }) => level === 'DEBUG')).toHaveLength(told);
  });

  it('is the handler itself where nobody watches', () => {
    const handler: LambdaHandler = async () => 1;
    expect(observed(memoryDeps(), handler)).toBe(handler);
  });
});
