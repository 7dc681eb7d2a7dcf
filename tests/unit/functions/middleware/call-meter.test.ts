import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { CallMeter } from '../../../../functions/middleware/call-meter.ts';

let runs = 0;

function bed() {
  const clock = new VirtualClock();
  const figures = { cpuMs: 100, rssMb: 50 };
  const metered = { clock, figures: () => ({ ...figures }), memoryMb: 512, transitions: 3 };
  runs += 1;
  const runId = `run-${runs}`;
  const call = () => {
    const meter = new CallMeter(metered);
    meter.of(runId);
    return meter;
  };
  return { clock, figures, call };
}

describe('the meter of a call', () => {
  it('tells what was used since it was asked last: time, processor, memory, and what is billed', async () => {
    const { clock, figures, call } = bed();
    const meter = call();
    await clock.advanceTo(2000);
    Object.assign(figures, { cpuMs: 130, rssMb: 80 });
    meter.transferred(10, 20);
    meter.bill({ dynamodbRead: 2 });
    expect(meter.take({})).toEqual({
      cpuMs: 30,
      peakMb: 80,
      sentBytes: 10,
      receivedBytes: 20,
      billed: { lambdaRequest: 1, transition: 3, lambdaGbSecond: 1, dynamodbRead: 2 },
    });
    expect(meter.take({})).toMatchObject({ cpuMs: 0, sentBytes: 0, receivedBytes: 0, billed: {} });
  });

  it('counts once what it was told of ahead', () => {
    const meter = bed().call();
    expect(meter.take({ dynamodbWrite: 2 }).billed).toMatchObject({ dynamodbWrite: 2 });
    meter.bill({ dynamodbWrite: 1 });
    meter.bill({ dynamodbWrite: 1.5 });
    expect(meter.take({}).billed).toEqual({ dynamodbWrite: 0.5 });
  });

  it('tells again what could not be written down', () => {
    const meter = bed().call();
    const taken = meter.take({ event: 1 });
    meter.giveBack(taken);
    expect(meter.take({ event: 1 })).toEqual(taken);
  });

  it('leaves what comes after the last write to the next call for the run in this process', async () => {
    const { clock, call } = bed();
    const first = call();
    first.take({});
    await clock.advanceTo(1000);
    first.bill({ dynamodbRead: 4 });
    first.end();
    const elsewhere = bed().call();
    expect(elsewhere.take({}).billed.dynamodbRead).toBeUndefined();
    expect(call().take({}).billed).toMatchObject({ dynamodbRead: 4, lambdaGbSecond: 0.5, lambdaRequest: 1 });
    expect(call().take({}).billed.dynamodbRead).toBeUndefined();
  });

  it('of no run leaves nothing behind', () => {
    const { clock } = bed();
    const meter = new CallMeter({ clock, figures: () => ({ cpuMs: 0, rssMb: 0 }), memoryMb: 128, transitions: 0 });
    meter.end();
    expect(meter.take({}).billed).toEqual({ lambdaRequest: 1 });
  });
});
