import { describe, expect, it } from 'vitest';
import { costTable } from '../../../bench/cost-table.ts';
import { Meter } from '../../../bench/meter.ts';
import { added, NOTHING, priceOf, times } from '../../../shared/usage/prices.ts';

const item = { operation: 'UpdateItem', table: 'control', units: 2, sortKey: 'COMPONENT#a' };

describe('Meter', () => {
  it("tells Slipway's own table from those of plans, and reads from writes", () => {
    const meter = new Meter('control');
    meter.consumed(item);
    meter.consumed({ ...item, operation: 'GetItem', units: 1 });
    meter.consumed({ ...item, operation: 'Scan', table: 'cities', units: 90.5, sortKey: undefined });
    meter.consumed({ ...item, operation: 'BatchWriteItem', table: 'places', units: 25, sortKey: undefined });
    expect(meter.control).toEqual({ ...NOTHING, dynamodbWrite: 2, dynamodbRead: 1 });
    expect(meter.data).toEqual({ ...NOTHING, dynamodbWrite: 25, dynamodbRead: 90.5 });
    expect([meter.storeRequests, meter.pagesOf('cities'), meter.pagesOf('places')]).toEqual([4, 1, 0]);
  });

  it('counts the index entries of a run with each write of it, and with no read', () => {
    const meter = new Meter('control');
    meter.consumed({ ...item, sortKey: 'RUN' });
    meter.consumed({ ...item, operation: 'GetItem', sortKey: 'RUN' });
    expect(meter.control).toMatchObject({ dynamodbWrite: 6, dynamodbRead: 2 });
  });

  it('bills the calls of functions by their memory and time', () => {
    const meter = new Meter('control');
    meter.called('work-component', 2000, 512);
    meter.called('work-component', 1000, 1024);
    expect(meter.control).toMatchObject({ lambdaRequest: 2, lambdaGbSecond: 2 });
  });

  it('counts states entered, executions started, and the states of children whose histories are not kept', () => {
    const meter = new Meter('control');
    for (const type of ['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStateExited', 'ExecutionSucceeded'])
      meter.recorded('h!run!one!0001', { type });
    expect(meter.control.transition).toBe(2);
    const child = (key: string) => meter.recorded(key, { state: 'Work', events: 7 });
    for (const key of ['w!batch!one!f!0/0', 'w!batch!one!f!0/1', 'w!batch!one!f!0/1']) child(key);
    meter.recorded('w!batch!one!f!', { state: 'Segments' });
    for (let call = 0; call < 3; call += 1) meter.called('work-segment', 1, 1024);
    meter.answered('work-segment', { outcome: 'wait' });
    expect(meter.control.transition).toBe(2 + 2 * 3 + 3 * 2 + 1);
  });

  it('knows what functions asked of other services', () => {
    const meter = new Meter('control');
    meter.asked('lambda:InvokeFunction');
    expect([meter.askedFor('lambda:InvokeFunction'), meter.askedFor('s3:GetObject')]).toEqual([1, 0]);
    meter.published();
    meter.add({ s3Put: 2 });
    expect(meter.control).toMatchObject({ event: 1, s3Put: 2 });
    meter.metricsAsked(4);
    meter.metricsAsked(5);
    expect([meter.control.metricAsked, meter.metricRequests]).toEqual([9, 2]);
    meter.called('judge-stage', 1, 1024);
    expect([meter.callsOf('judge-stage'), meter.callsOf('shift-stage')]).toEqual([1, 0]);
  });
});

describe('prices', () => {
  it('price what the baselines of the goal use as they say', () => {
    // A Task and a Choice, a write and a call for each of a thousand steps.
    const loop = { ...NOTHING, transition: 2000, dynamodbWrite: 1000, lambdaRequest: 1000, lambdaGbSecond: 100 };
    expect(priceOf(loop)).toBeCloseTo(0.052, 3);
  });

  it('are shown unit by unit, and by the thousand steps', () => {
    const control = { ...NOTHING, transition: 100 };
    const run = { hours: 8, looks: 690, looksPlanned: 776, counted: NOTHING, modelled: NOTHING };
    const [begun, look, alarms] = [
      { ...NOTHING, metricAsked: 100 },
      { ...NOTHING, metricAsked: 1 },
      { ...NOTHING, alarmMonth: 3 },
    ];
    const whole = added(added(begun, times(look, 2000)), alarms);
    const rollout = { runs: [run, run] as const, begun, look, all: 2690, looks: 2000, alarms, whole };
    const plan = { name: 'a plan', steps: 2000, control, modelled: NOTHING, data: added(control, NOTHING) };
    const page = costTable([plan], rollout);
    expect(page).toContain('nothing goes wrong: **0.32 USD**');
    expect(page).toContain('| CloudWatch metrics asked for (GetMetricData) | 100 | 1 | 2,000 |  | 2,100 | 0.0210 |');
    expect(page).toContain('## A plan: 2,000');
    expect(page).toContain('| Step Functions state transitions | 100 |  | 100 | 0.005000 |');
    expect(page).toContain('**0.00250 USD for 1,000 steps**, 0.00125 of it');
  });
});
