import { describe, expect, it } from 'vitest';
import { InvalidExecutionNameError } from '../../../../local/asl/arn.ts';
import { ExecutionAlreadyExistsError, StateMachineDoesNotExistError } from '../../../../local/asl/engine-errors.ts';
import { DataLimitExceededError, EngineClosedError } from '../../../../local/asl/errors.ts';
import { InvalidDefinitionError } from '../../../../local/asl/machines.ts';
import { bench, machine, machineArn, startOfTime } from './machine-builder.ts';

const waits = machine({ W: { Type: 'Wait', Seconds: 60, End: true } });
const arn = 'arn:aws:states:us-east-1:000000000000:execution:machine:one';

describe('start', () => {
  it('answers the same execution to the same name and input, running or ended', async () => {
    const { engine, clock } = bench({ machine: waits });
    const starts = await Promise.all([
      engine.start('machine', 'one', { a: 1, b: 2 }),
      engine.start(machineArn('machine'), 'one', { b: 2, a: 1 }),
    ]);
    expect(starts).toEqual([{ arn }, { arn }]);
    await clock.runUntilIdle();
    expect(await engine.start('machine', 'one', { a: 1, b: 2 })).toEqual({ arn });
    expect(await engine.list()).toHaveLength(1);
    expect(engine.arnOf('machine', 'one')).toBe(arn);
  });

  it('refuses the name for another input', async () => {
    const { engine } = bench({ machine: waits });
    await engine.start('machine', 'one', { a: 1 });
    await expect(engine.start('machine', 'one', { a: 2 })).rejects.toThrow(ExecutionAlreadyExistsError);
    await expect(engine.start('machine', 'one', { a: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it.each([
    ['an unknown machine', 'nobody', 'one', {}, StateMachineDoesNotExistError],
    ['a name that cannot be', 'machine', 'one/two', {}, InvalidExecutionNameError],
    ['an empty name', 'machine', '', {}, InvalidExecutionNameError],
    ['an input beyond 256 KiB', 'machine', 'one', 'x'.repeat(300_000), DataLimitExceededError],
  ])('refuses %s', async (_, name, execution, input, error) => {
    const { engine } = bench({ machine: waits });
    await expect(engine.start(name, execution, input)).rejects.toThrow(error);
    expect(await engine.list()).toEqual([]);
  });
});

describe('the engine', () => {
  it('refuses a definition that cannot run, with every problem', () => {
    const broken = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B', ResultPath: '$' } } };
    expect(() => bench({ machine: broken })).toThrow(InvalidDefinitionError);
    expect(() => bench({ machine: broken })).toThrow(/ResultPath[\s\S]*Missing 'Next' target: B/);
  });

  it('describes nothing where there is no such execution', async () => {
    const { engine } = bench({ machine: waits });
    expect(await engine.describe(arn)).toBeUndefined();
    expect(await engine.describe('nonsense')).toBeUndefined();
    expect(await engine.history('nonsense')).toEqual([]);
    await engine.stop(arn, { error: 'E', cause: 'C' });
  });

  it('lists by machine and status, newest first', async () => {
    const { engine, clock } = bench({ machine: waits, other: waits });
    await engine.start('machine', 'one', {});
    await clock.advanceTo(startOfTime + 30_000);
    await engine.start('machine', 'two', {});
    await engine.start('other', 'three', {});
    await clock.advanceTo(startOfTime + 60_000);
    const names = async (filter: Parameters<typeof engine.list>[0]) => (await engine.list(filter)).map(({ name }) => name);
    expect(await names({ machine: 'machine' })).toEqual(['two', 'one']);
    expect(await names({ machine: machineArn('machine'), status: 'SUCCEEDED' })).toEqual(['one']);
    expect(await names({ status: 'RUNNING' })).toEqual(['two', 'three']);
  });

  it('tells its listeners of each status once it is written, until they leave', async () => {
    const { engine, clock, faults } = bench({ machine: waits });
    const seen: string[] = [];
    engine.onStatusChange(() => {
      throw new Error('a listener of its own');
    });
    const leave = engine.onStatusChange(({ name, status }) => seen.push(`${name} ${status}`));
    await engine.start('machine', 'one', {});
    await engine.start('machine', 'two', {});
    await engine.stop(engine.arnOf('machine', 'two'), { error: 'E', cause: 'C' });
    await clock.runUntilIdle();
    leave();
    await engine.start('machine', 'three', {});
    expect(seen).toEqual(['one RUNNING', 'two RUNNING', 'two ABORTED', 'one SUCCEEDED']);
    expect(faults.length).toBeGreaterThanOrEqual(4);
  });

  it('suspends what runs when it is closed, and starts nothing more', async () => {
    const { engine, faults, store } = bench({ machine: waits });
    await engine.start('machine', 'one', {});
    await engine.close();
    expect(faults).toEqual([]);
    await expect(engine.start('machine', 'two', {})).rejects.toThrow(EngineClosedError);
    const again = bench({ machine: waits }, { store });
    expect(await again.engine.recover()).toEqual({ executions: 1 });
    expect(await again.engine.recover()).toEqual({ executions: 0 });
    await again.clock.runUntilIdle();
    expect((await again.engine.describe(arn))?.status).toBe('SUCCEEDED');
  });
});
