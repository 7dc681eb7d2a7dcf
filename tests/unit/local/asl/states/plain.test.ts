import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../../shared/ports/store.ts';
import { bench, lambdaTask, machine, outcome, run, startOfTime } from '../machine-builder.ts';

const pass = (more: Record<string, Value>): Value => ({ Type: 'Pass', End: true, ...more });
const assigned = (events: readonly { type: string; details: Record<string, Value> }[]) =>
  events.filter(({ type }) => type.endsWith('Exited')).map(({ details }) => details['assignedVariables']);

describe('Pass', () => {
  it('hands its input on where it has no Output', async () => {
    expect(await run(machine({ A: pass({}) }), { a: 1 })).toMatchObject({ status: 'SUCCEEDED', output: { a: 1 } });
  });

  it('sees variables as they were before its own Assign, in Output and in Assign alike', async () => {
    const definition = machine({
      A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% [$x, $y] %}', Next: 'C' },
      C: pass({ Output: '{% {"before": $states.input, "after": [$x, $y]} %}' }),
    });
    const ended = await run(definition);
    expect(ended.output).toEqual({ before: [1, 2], after: [2, 1] });
    expect(assigned(ended.events)).toEqual([{ x: 1, y: 2 }, { x: 2, y: 1 }, undefined]);
  });

  it('names the state, the event and the field of an expression that fails', async () => {
    const ended = await run(machine({ A: { Type: 'Pass', Next: 'B' }, B: pass({ Output: { list: [1, '{% $nothing %}'] } }) }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(ended.cause).toBe(
      "An error occurred while executing the state 'B' (entered at the event id #4). The JSONata expression '$nothing' specified for the field 'Output/list[1]' returned nothing (undefined).",
    );
    expect(ended.types.slice(-2)).toEqual(['EvaluationFailed', 'ExecutionFailed']);
  });

  it('fails beyond 256 KiB of output', async () => {
    const output = (letters: number) => run(machine({ A: pass({ Output: `{% $pad('', ${letters}, 'x') %}` }) }));
    expect((await output(262_142)).status).toBe('SUCCEEDED');
    expect(await output(262_143)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('Choice', () => {
  const definition = machine({
    Pick: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Output: 'big', Assign: { size: 'L' } },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Small', Output: 'medium' },
      ],
      Default: 'Small',
      Output: 'other',
    },
    Big: pass({ Output: '{% $states.input & $size %}' }),
    Small: pass({}),
  });

  it.each([
    [11, 'bigL'],
    [6, 'medium'],
    [1, 'other'],
  ])('takes the first rule that holds: %d', async (n, output) => {
    expect((await run(definition, { n })).output).toBe(output);
  });

  it('fails where no rule holds and there is no Default', async () => {
    const ended = await run(machine({ P: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'E' }] }, E: pass({}) }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  it('fails where a condition is no boolean', async () => {
    const ended = await run(machine({ P: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'E' }] }, E: pass({}) }));
    expect(ended.cause).toContain(
      "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
    );
  });
});

describe('Wait', () => {
  it.each([
    ['Seconds', 90, 90_000],
    ['Seconds', '{% $states.input.seconds %}', 120_000],
    ['Timestamp', '2026-01-01T00:00:30Z', 30_000],
    ['Timestamp', "{% '2026-01-01T02:00:30.5+02:00' %}", 30_500],
    ['Timestamp', '2020-01-01T00:00:00Z', 0],
    ['Seconds', 3_000_000_000 / 1000, 3_000_000_000],
  ])('ends when its time has come: %s %s', async (field, value, waited) => {
    const ended = await run(machine({ W: { Type: 'Wait', [field]: value, End: true } }), { seconds: 120 });
    expect((ended.stoppedAt ?? 0) - startOfTime).toBe(waited);
  });

  it.each(['2026-02-30T00:00:00Z', '2026-01-01 00:00:00Z', '2026-01-01T24:00:00Z', 'tomorrow'])(
    'refuses the time %s',
    async (text) => {
      const ended = await run(machine({ W: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } }), text);
      expect(ended.cause).toContain(
        `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      );
    },
  );

  it('does not wait a negative time', async () => {
    expect((await run(machine({ W: { Type: 'Wait', Seconds: '{% -1 %}', End: true } }))).error).toBe(
      'States.QueryEvaluationError',
    );
  });
});

describe('Succeed and Fail', () => {
  it('end the execution, the one with its Output, the other with its Error and Cause', async () => {
    expect(await run(machine({ S: { Type: 'Succeed', Output: '{% $states.input.a %}' } }), { a: 7 })).toMatchObject({
      output: 7,
    });
    const failed = await run(machine({ F: { Type: 'Fail', Error: '{% $states.input.e %}', Cause: 'why' } }), { e: 'Mine' });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Mine', cause: 'why' });
    expect(failed.types).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });
});

describe('an execution', () => {
  it('times out as a whole', async () => {
    const ended = await run(machine({ W: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 60 }));
    expect(ended).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout', stoppedAt: startOfTime + 60_000 });
    expect(ended.types.at(-1)).toBe('ExecutionTimedOut');
  });

  it('fails before its history grows beyond 25,000 events', async () => {
    const ended = await run(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }));
    expect(ended).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(ended.events).toHaveLength(25_000);
  });

  it('gives expressions the context object, the clock of the engine and its randomness', async () => {
    const output = '{% [$states.context, $now(), $millis(), $random() = $random(), $length($uuid())] %}';
    const { clock, engine } = bench({
      machine: machine({ W: { Type: 'Wait', Seconds: 60, Next: 'A' }, A: pass({ Output: output }) }),
    });
    const { arn } = await engine.start('machine', 'mine', { a: 1 });
    await clock.runUntilIdle();
    expect((await outcome(engine, arn)).output).toEqual([
      {
        Execution: { Id: arn, Input: { a: 1 }, Name: 'mine', StartTime: '2026-01-01T00:00:00.000Z', RedriveCount: 0 },
        State: { EnteredTime: '2026-01-01T00:01:00.000Z', Name: 'A', RetryCount: 0 },
        StateMachine: { Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine', Name: 'machine' },
      },
      '2026-01-01T00:01:00.000Z',
      startOfTime + 60_000,
      false,
      36,
    ]);
  });

  it('stops a runaway expression', async () => {
    const ended = await run(machine({ A: pass({ Output: '{% ($f := function($n) { 1 + $f($n + 1) }; $f(0)) %}' }) }));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  it('hides the variables of one execution from another', async () => {
    const { clock, engine } = bench({
      machine: machine({ A: pass({ Assign: { x: 1 } }) }),
      other: machine({ A: pass({ Output: '{% $x %}' }) }),
    });
    await engine.start('machine', 'a', {});
    await clock.runUntilIdle();
    const { arn } = await engine.start('other', 'b', {});
    await clock.runUntilIdle();
    expect((await engine.describe(arn))?.status).toBe('FAILED');
  });
});

it('catches an evaluation error of a Task by its name', async () => {
  const definition = machine({
    T: lambdaTask('f', {
      Arguments: '{% $missing %}',
      Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Output: '{% $states.errorOutput.Error %}', Next: 'Caught' }],
    }),
    Caught: pass({}),
  });
  expect((await run(definition)).output).toBe('States.QueryEvaluationError');
});
