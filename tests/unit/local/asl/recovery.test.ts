import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { CorruptExecutionStoreError } from '../../../../local/asl/store/execution-store.ts';
import { MemoryExecutionStore } from '../../../../local/asl/store/memory-execution-store.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { bench, functionArn, lambdaTask, machine, machineArn, outcome, run, startOfTime } from './machine-builder.ts';

type Snapshot = { readonly records: ReadonlyMap<string, string>; readonly at: number };

const childMachine = machine({ Work: lambdaTask('child', { Output: '{% $states.result + 100 %}' }) });

/** Every kind of thing that has to survive: variables, a wait, retries, parallel branches, inline and distributed Maps, a nested execution. */
const everything = machine({
  Init: { Type: 'Pass', Assign: { base: '{% $states.input.base %}' }, Next: 'Pause' },
  Pause: { Type: 'Wait', Seconds: 3600, Next: 'Flaky' },
  Flaky: lambdaTask('flaky', {
    Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 10, MaxAttempts: 3 }],
    Assign: { flaky: '{% $states.result %}' },
    Next: 'Both',
  }),
  Both: {
    Type: 'Parallel',
    Branches: [
      { StartAt: 'Left', States: { Left: lambdaTask('left', { Arguments: '{% $base %}' }) } },
      {
        StartAt: 'Right',
        States: {
          Right: { Type: 'Wait', Seconds: 5, Next: 'Then' },
          Then: lambdaTask('right', { Arguments: '{% $base * 2 %}' }),
        },
      },
    ],
    Assign: { both: '{% $states.result %}' },
    Next: 'Each',
  },
  Each: {
    Type: 'Map',
    Items: '{% [1..5] %}',
    MaxConcurrency: 2,
    ItemProcessor: {
      StartAt: 'Item',
      States: { Item: lambdaTask('item', { Next: 'Rest' }), Rest: { Type: 'Wait', Seconds: 1, End: true } },
    },
    Next: 'Far',
  },
  Far: {
    Type: 'Map',
    Items: '{% $states.input %}',
    MaxConcurrency: 2,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Remote',
      States: {
        Remote: lambdaTask('remote', { Assign: { mine: '{% $states.result %}' }, Next: 'Tell' }),
        Tell: { Type: 'Pass', Output: '{% $mine * 10 %}', End: true },
      },
    },
    Next: 'Nested',
  },
  Nested: {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: { StateMachineArn: machineArn('child'), Input: '{% $sum($states.input) %}' },
    Output: { total: '{% $states.result.Output %}', both: '{% $both %}', flaky: '{% $flaky %}' },
    End: true,
  },
});

/** Deterministic functions that remember who asked for what; `flaky` fails until its time has come. */
function world(clock: VirtualClock) {
  const calls: string[] = [];
  const invoke = async (arn: string, payload: Value): Promise<Value> => {
    const name = arn.split(':').at(-1) ?? '';
    calls.push(`${name}(${JSON.stringify(payload)})`);
    if (name === 'flaky' && clock.now() < startOfTime + 3_620_000) throw Object.assign(new Error('not yet'), { name: 'Flaky' });
    return name === 'flaky' ? 'steady' : payload;
  };
  return { calls, invoke };
}

async function record(
  definitions: Record<string, Value>,
): Promise<{ snapshots: Snapshot[]; final: Value | undefined; calls: string[] }> {
  const clock = new VirtualClock(startOfTime);
  const snapshots: Snapshot[] = [];
  const store = new MemoryExecutionStore(new Map(), (records) => snapshots.push({ records: new Map(records), at: clock.now() }));
  const { calls, invoke } = world(clock);
  const { engine, faults } = bench(definitions, { store, virtual: clock, invoke });
  const { arn } = await engine.start('machine', 'run', { base: 7 });
  await clock.runUntilIdle();
  const { output } = await outcome(engine, arn, faults);
  return { snapshots, final: output, calls };
}

const arn = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

/** Indexes of the iterations whose result the snapshot holds, by the function that each of them calls. */
function finishedIterations({ records }: Snapshot): string[] {
  const done: string[] = [];
  for (const [key, text] of records) {
    const frame = key.startsWith('w!machine!run!f!') ? JSON.parse(text) : undefined;
    const index = Number(key.split('/').at(-1));
    if (frame?.ending === undefined) continue;
    if (frame.state === 'Rest') done.push(`item(${index + 1})`);
    if (frame.state === 'Tell') done.push(`remote(${index + 1})`);
  }
  return done;
}

describe('an execution killed at any write', () => {
  const definitions = { machine: everything, child: childMachine };

  it('ends with the same output after recovery and redoes no finished iteration', async () => {
    const { snapshots, final } = await record(definitions);
    expect(final).toEqual({ total: 250, both: [7, 14], flaky: 'steady' });
    expect(snapshots.length).toBeGreaterThan(30);
    for (const snapshot of snapshots) {
      const clock = new VirtualClock(snapshot.at);
      const { calls, invoke } = world(clock);
      const { engine, faults } = bench(definitions, {
        store: new MemoryExecutionStore(snapshot.records),
        virtual: clock,
        invoke,
        seed: 2,
      });
      await engine.recover();
      await clock.runUntilIdle();
      const ended = await outcome(engine, arn, faults);
      expect(ended).toMatchObject({ status: 'SUCCEEDED', output: final });
      expect(calls.filter((call) => finishedIterations(snapshot).includes(call))).toEqual([]);
      expect(await engine.list({ machine: 'child' })).toHaveLength(1);
      expect(ended.events.map(({ id }) => id)).toEqual(ended.events.map((_, index) => index + 1));
    }
  });

  it('leaves no working records behind, wherever it was killed', async () => {
    const { snapshots } = await record(definitions);
    for (const snapshot of snapshots) {
      const clock = new VirtualClock(snapshot.at);
      const store = new MemoryExecutionStore(snapshot.records);
      const { engine } = bench(definitions, { store, virtual: clock, invoke: world(clock).invoke });
      await engine.recover();
      await clock.runUntilIdle();
      for (const prefix of ['w!', 'o!']) for await (const [key] of store.list(prefix)) expect(key).toBe('nothing');
    }
  });

  it('keeps the time at which a Wait ends', async () => {
    const { snapshots } = await record(definitions);
    const waiting = snapshots.find(
      ({ records }) => JSON.parse(records.get('w!machine!run!f!0') ?? '{}').memo?.wakeAt !== undefined,
    );
    const clock = new VirtualClock(startOfTime + 3_000_000);
    const { engine } = bench(definitions, {
      store: new MemoryExecutionStore(waiting?.records),
      virtual: clock,
      invoke: world(clock).invoke,
    });
    await engine.recover();
    await clock.advanceTo(startOfTime + 3_599_999);
    expect((await engine.history(arn)).map(({ type }) => type)).not.toContain('WaitStateExited');
    await clock.advanceTo(startOfTime + 3_600_000);
    expect((await engine.history(arn)).map(({ type }) => type)).toContain('WaitStateExited');
  });

  it('joins the nested execution that it started, whatever its input is by now', async () => {
    const parent = machine({
      Start: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: machineArn('child'), Input: { at: '{% $millis() %}' } },
        Output: '{% $states.result.Output %}',
        End: true,
      },
    });
    const child = machine({ W: { Type: 'Wait', Seconds: 60, End: true } });
    const first = bench({ machine: parent, child });
    await first.engine.start('machine', 'run', {});
    await first.clock.advanceTo(startOfTime + 5000);
    await first.engine.close();
    const second = bench({ machine: parent, child }, { store: first.store, virtual: first.clock, seed: 2 });
    await second.engine.recover();
    await second.clock.runUntilIdle();
    expect(await second.engine.describe(arn)).toMatchObject({ output: { at: startOfTime }, stoppedAt: startOfTime + 60_000 });
    expect(await second.engine.list({ machine: 'child' })).toHaveLength(1);
  });

  it('goes on with the definition that it was started with', async () => {
    const before = machine({
      Pause: { Type: 'Wait', Seconds: 60, Next: 'End' },
      End: { Type: 'Pass', Output: 'old', End: true },
    });
    const after = machine({ Pause: { Type: 'Wait', Seconds: 60, Next: 'End' }, End: { Type: 'Pass', Output: 'new', End: true } });
    const first = bench({ machine: before });
    await first.engine.start('machine', 'run', {});
    await first.clock.advanceTo(startOfTime + 1000);
    await first.engine.close();
    const second = bench({ machine: after }, { store: first.store, virtual: first.clock });
    expect(await second.engine.recover()).toEqual({ executions: 1 });
    await second.clock.runUntilIdle();
    expect((await second.engine.describe(arn))?.output).toBe('old');
  });
});

describe('a task token across a restart', () => {
  const waits = machine({
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: functionArn('ask'), Payload: { token: '{% $states.context.Task.Token %}' } },
      TimeoutSeconds: 100,
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }],
      End: true,
    },
    Late: { Type: 'Pass', Output: 'late', End: true },
  });

  async function asked() {
    const tokens: string[] = [];
    const invoke = async (_: string, payload: Value): Promise<Value> => {
      tokens.push((payload as { token: string }).token);
      return null;
    };
    const first = bench({ machine: waits }, { invoke });
    await first.engine.start('machine', 'run', {});
    await first.clock.advanceTo(startOfTime + 10_000);
    await first.engine.close();
    const second = bench({ machine: waits }, { invoke, store: first.store, virtual: first.clock, seed: 9 });
    await second.engine.recover();
    await second.clock.advanceTo(startOfTime + 11_000);
    return { ...second, tokens };
  }

  it('is still answered', async () => {
    const { engine, clock, tokens } = await asked();
    expect(tokens).toHaveLength(1);
    expect(await engine.succeed(tokens[0] ?? '', { approved: true })).toBe(true);
    await clock.runUntilIdle();
    expect(await engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { approved: true } });
  });

  it('keeps its deadline', async () => {
    const { engine, clock, tokens } = await asked();
    await clock.advanceTo(startOfTime + 99_999);
    expect((await engine.describe(arn))?.status).toBe('RUNNING');
    await clock.advanceTo(startOfTime + 100_000);
    expect(await engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'late' });
    expect(await engine.succeed(tokens[0] ?? '', {})).toBe(false);
  });
});

describe('damage', () => {
  it.each([
    ['a missing event', (records: Map<string, string>) => records.delete('h!machine!run!00000001')],
    [
      'a missing definition',
      (records: Map<string, string>) =>
        [...records.keys()].filter((key) => key.startsWith('d!')).map((key) => records.delete(key)),
    ],
    ['a frame of another shape', (records: Map<string, string>) => records.set('w!machine!run!f!0', '{"state":1}')],
    ['an execution of another shape', (records: Map<string, string>) => records.set('e!machine!run', '[]')],
  ])('is reported and nothing is overwritten: %s', async (_, damage) => {
    const first = bench({ machine: machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }) });
    let last: ReadonlyMap<string, string> = new Map();
    const recording = new MemoryExecutionStore(new Map(), (records) => {
      last = new Map(records);
    });
    const { engine, clock } = bench(
      { machine: machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }) },
      { store: recording },
    );
    await engine.start('machine', 'run', {});
    await clock.advanceTo(startOfTime + 1000);
    const damaged = new Map(last);
    damage(damaged);
    let writes = 0;
    const store = new MemoryExecutionStore(damaged, () => {
      writes += 1;
    });
    const again = bench(
      { machine: machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }) },
      { store, virtual: first.clock },
    );
    await expect(again.engine.recover()).rejects.toThrow(CorruptExecutionStoreError);
    expect(writes).toBe(0);
  });
});

describe('a store that fails', () => {
  it('makes the execution stand still, and the fault is reported', async () => {
    let broken = false;
    const store = new MemoryExecutionStore();
    const commit = store.commit.bind(store);
    store.commit = async (changes) => {
      if (broken) throw new Error('disk full');
      return commit(changes);
    };
    const { engine, clock, faults } = bench(
      { machine: machine({ A: lambdaTask('a', { Next: 'B' }), B: { Type: 'Wait', Seconds: 1, End: true } }) },
      {
        store,
        invoke: async () => {
          broken = true;
          return {};
        },
      },
    );
    await engine.start('machine', 'run', {});
    await clock.runUntilIdle();
    expect(faults.map(String)).toEqual(['Error: disk full']);
    expect((await engine.describe(arn))?.status).toBe('RUNNING');
    broken = false;
    const again = bench({ machine: machine({ A: lambdaTask('a') }) }, { store, virtual: clock });
    await again.engine.recover();
    await again.clock.runUntilIdle();
    expect((await again.engine.describe(arn))?.status).toBe('SUCCEEDED');
  });
});

it('waits three days in no time', async () => {
  const ended = await run(machine({ Pause: { Type: 'Wait', Seconds: 259_200, End: true } }));
  expect((ended.stoppedAt ?? 0) - ended.startedAt).toBe(259_200_000);
});
