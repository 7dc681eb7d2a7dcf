import { describe, expect, it } from 'vitest';
import type { Objects } from '../../../../../local/asl/services.ts';
import type { Value } from '../../../../../shared/ports/store.ts';
import { bench, lambdaTask, machine, outcome, run, startOfTime } from '../machine-builder.ts';

const pass = (more: Record<string, Value> = {}): Value => ({ Type: 'Pass', End: true, ...more });
const body = (state: Value, mode?: 'DISTRIBUTED'): Record<string, Value> => ({
  ...(mode === undefined ? {} : { ProcessorConfig: { Mode: mode, ExecutionType: 'STANDARD' } }),
  StartAt: 'Each',
  States: { Each: state },
});
const map = (more: Record<string, Value>): Value =>
  machine({ M: { Type: 'Map', End: true, ItemProcessor: body(pass()), ...more } });

function bucket(files: Record<string, string>): { objects: Objects; written: Record<string, string> } {
  const written: Record<string, string> = {};
  const objects: Objects = {
    get: async (name, key) => {
      const text = files[`${name}/${key}`];
      if (text === undefined) throw new Error('NoSuchKey');
      return new TextEncoder().encode(text);
    },
    list: async (_, prefix) =>
      Object.keys(files)
        .filter((key) => key.startsWith(prefix))
        .map((Key) => ({ Key })),
    put: async (name, key, text) => {
      written[`${name}/${key}`] = text;
    },
  };
  return { objects, written };
}

describe('Parallel', () => {
  const branch = (state: Value) => ({ StartAt: 'S', States: { S: state } });

  it('gives every branch the Arguments, and gathers their outputs in order', async () => {
    const definition = machine({
      P: {
        Type: 'Parallel',
        Arguments: { n: '{% $states.input.n + 1 %}' },
        Branches: [branch({ Type: 'Wait', Seconds: 9, End: true }), branch(pass({ Output: '{% $states.input.n * 10 %}' }))],
        Output: '{% {"in": $states.input, "out": $states.result} %}',
        End: true,
      },
    });
    expect((await run(definition, { n: 1 })).output).toEqual({ in: { n: 1 }, out: [{ n: 2 }, 20] });
  });

  it('lets a branch see the variables around it, and keeps those of the branch inside', async () => {
    const definition = machine({
      A: pass({ Assign: { x: 1 }, End: false, Next: 'P' }),
      P: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'S',
            States: { S: { Type: 'Pass', Assign: { y: '{% $x + 1 %}' }, Next: 'T' }, T: pass({ Output: '{% $y %}' }) },
          },
        ],
        Next: 'Z',
      },
      Z: pass({ Output: '{% [$states.input[0], $exists($y)] %}' }),
    });
    expect((await run(definition)).output).toEqual([2, false]);
  });

  it('aborts the other branches when one fails', async () => {
    const aborted: unknown[] = [];
    const definition = machine({
      P: {
        Type: 'Parallel',
        Branches: [branch(lambdaTask('slow')), branch(lambdaTask('bad'))],
        Catch: [{ ErrorEquals: ['Bad'], Next: 'Caught' }],
        End: true,
      },
      Caught: pass({ Output: '{% $states.input.Error %}' }),
    });
    const ended = await run(
      definition,
      {},
      {
        invoke: async (arn, _, { signal }) => {
          if (arn.endsWith('bad')) throw Object.assign(new Error('no'), { name: 'Bad' });
          return new Promise(() => {
            signal.addEventListener('abort', () => aborted.push((signal.reason as Error).name));
          });
        },
      },
    );
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: 'Bad' });
    expect(aborted).toEqual(['Bad']);
  });

  it('runs every branch anew when it is retried', async () => {
    let calls = 0;
    const definition = machine({
      P: {
        Type: 'Parallel',
        Branches: [branch(lambdaTask('f')), branch(pass({ Output: 1 }))],
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 4, MaxAttempts: 2 }],
        End: true,
      },
    });
    const ended = await run(
      definition,
      {},
      {
        invoke: async () => {
          calls += 1;
          if (calls < 3) throw new Error('again');
          return calls;
        },
      },
    );
    expect(ended).toMatchObject({ output: [3, 1], stoppedAt: startOfTime + 12_000 });
  });
});

describe('Map', () => {
  it('runs at most MaxConcurrency iterations at once, and keeps the order of the items', async () => {
    let now = 0;
    let most = 0;
    const { engine, clock } = bench(
      { machine: map({ Items: '{% [1..10] %}', MaxConcurrency: '{% 3 %}', ItemProcessor: body(lambdaTask('f')) }) },
      {
        invoke: async (_, payload) => {
          now += 1;
          most = Math.max(most, now);
          await clock.sleep(Number(payload) % 2 === 0 ? 10 : 25);
          now -= 1;
          return payload;
        },
      },
    );
    const { arn } = await engine.start('machine', 'run', {});
    await clock.runUntilIdle();
    expect((await outcome(engine, arn)).output).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(most).toBe(3);
  });

  it('selects what an iteration gets, which knows its item and its index', async () => {
    const definition = map({
      Items: ['a', 'b'],
      ItemSelector: {
        i: '{% $states.context.Map.Item.Index %}',
        v: '{% $states.context.Map.Item.Value %}',
        all: '{% $states.input %}',
      },
      ItemProcessor: body(pass({ Output: '{% $merge([$states.input, {"same": $states.context.Map.Item.Value}]) %}' })),
    });
    expect((await run(definition, 7)).output).toEqual([
      { i: 0, v: 'a', all: 7, same: 'a' },
      { i: 1, v: 'b', all: 7, same: 'b' },
    ]);
  });

  it('aborts the rest and fails as its iteration did', async () => {
    const asked: Value[] = [];
    const ended = await run(
      map({ Items: [1, 2, 3, 4], MaxConcurrency: 1, ItemProcessor: body(lambdaTask('f')) }),
      {},
      {
        invoke: async (_, payload) => {
          asked.push(payload);
          if (payload === 2) throw Object.assign(new Error('two'), { name: 'Two' });
          return payload;
        },
      },
    );
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Two' });
    expect(asked).toEqual([1, 2]);
    expect(ended.types).toEqual(expect.arrayContaining(['MapIterationSucceeded', 'MapIterationFailed', 'MapStateFailed']));
  });

  it('answers no items with no results', async () => {
    expect((await run(map({ Items: [] }))).output).toEqual([]);
  });

  it('nests', async () => {
    const inner = { Type: 'Map', End: true, ItemProcessor: body(pass({ Output: '{% $states.input * 2 %}' })) };
    expect((await run(map({ ItemProcessor: body(inner) }), [[1, 2], [], [3]])).output).toEqual([[2, 4], [], [6]]);
  });
});

describe('a distributed Map', () => {
  const distributed = (more: Record<string, Value>, state: Value = pass()): Value =>
    map({ ItemProcessor: body(state, 'DISTRIBUTED'), ...more });
  const odd = { Type: 'Choice', Choices: [{ Condition: '{% $states.input % 2 = 1 %}', Next: 'Bad' }], Default: 'Good' };
  const picky = (more: Record<string, Value>): Value =>
    map({
      Items: [1, 2, 3, 4],
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED' },
        StartAt: 'Odd',
        States: { Odd: odd, Bad: { Type: 'Fail', Error: 'Odd' }, Good: pass() },
      },
      ...more,
    });

  it.each([
    [{ ToleratedFailureCount: 2 }, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: '{% 50 %}' }, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 1 }, 'FAILED'],
    [{ ToleratedFailurePercentage: 49 }, 'FAILED'],
    [{ ToleratedFailureCount: 2, ToleratedFailurePercentage: 10 }, 'FAILED'],
    [{}, 'FAILED'],
  ])('tolerates as many failures as it says: %j', async (more, status) => {
    const ended = await run(picky(more));
    expect(ended.status).toBe(status);
    if (status === 'SUCCEEDED') expect(ended.output).toEqual([{ Error: 'Odd' }, 2, { Error: 'Odd' }, 4]);
    else expect(ended.error).toBe('States.ExceedToleratedFailureThreshold');
  });

  it('keeps variables out of its children, and their events out of the history', async () => {
    const definition = machine({
      A: pass({ Assign: { x: 1 }, End: false, Next: 'M' }),
      M: { Type: 'Map', Items: [1], ItemProcessor: body(pass({ Output: '{% $exists($x) %}' }), 'DISTRIBUTED'), End: true },
    });
    const ended = await run(definition);
    expect(ended.output).toEqual([false]);
    expect(ended.types).toEqual(expect.arrayContaining(['MapRunStarted', 'MapRunSucceeded']));
    expect(ended.types).not.toContain('MapIterationStarted');
  });

  it('numbers the events of a child on their own', async () => {
    const ended = await run(distributed({ Items: [1], ToleratedFailureCount: 1 }, pass({ Output: '{% $nothing %}' })));
    expect(ended.output).toEqual([
      { Error: 'States.QueryEvaluationError', Cause: expect.stringContaining('(entered at the event id #2)') },
    ]);
  });

  it('batches items by number and by size', async () => {
    const count = {
      Items: '{% [1..7] %}',
      ItemBatcher: { MaxItemsPerBatch: '{% 3 %}', BatchInput: { tag: '{% $states.input %}' } },
    };
    expect((await run(distributed(count), 'x')).output).toEqual([
      { BatchInput: { tag: 'x' }, Items: [1, 2, 3] },
      { BatchInput: { tag: 'x' }, Items: [4, 5, 6] },
      { BatchInput: { tag: 'x' }, Items: [7] },
    ]);
    const size = { Items: ['aaaa', 'bbbb', 'cccccccccccccccccccccccc', 'd'], ItemBatcher: { MaxInputBytesPerBatch: 30 } };
    expect((await run(distributed(size))).output).toEqual([
      { Items: ['aaaa', 'bbbb'] },
      { Items: ['cccccccccccccccccccccccc'] },
      { Items: ['d'] },
    ]);
  });

  const reader = (ReaderConfig: Record<string, Value>, Key: string, action = 'getObject'): Record<string, Value> => ({
    ItemReader: { Resource: `arn:aws:states:::s3:${action}`, ReaderConfig, Arguments: { Bucket: 'b', Key, Prefix: 'b/' } },
  });
  const files = {
    'b/a.json': '[{"n":1},{"n":2},{"n":3}]',
    'b/a.jsonl': '{"n":1}\n\n{"n":2}\n',
    'b/a.csv': 'id,name\n1,"O""Hara, ""Pat"""\n2,multi\r\n',
    'b/bad.json': '{"n":1}',
  };

  it.each([
    ['JSON', reader({ InputType: 'JSON', MaxItems: 2 }, 'a.json'), [{ n: 1 }, { n: 2 }]],
    ['JSONL', reader({ InputType: 'JSONL' }, 'a.jsonl'), [{ n: 1 }, { n: 2 }]],
    [
      'CSV',
      reader({ InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, 'a.csv'),
      [
        { id: '1', name: 'O"Hara, "Pat"' },
        { id: '2', name: 'multi' },
      ],
    ],
    ['a listing', reader({}, '', 'listObjectsV2'), Object.keys(files).map((Key) => ({ Key }))],
  ])('reads items from %s', async (_, more, items) => {
    expect((await run(distributed(more), {}, { objects: bucket(files).objects })).output).toEqual(items);
  });

  it.each(['missing.json', 'bad.json'])('fails where it cannot read its items: %s', async (key) => {
    const Catch = [{ ErrorEquals: ['States.ItemReaderFailed'], Output: 'caught', Next: 'E' }];
    const definition = distributed({ ...reader({ InputType: 'JSON' }, key), Catch }) as { States: Record<string, Value> };
    const ended = await run(
      { ...definition, States: { ...definition.States, E: pass() } },
      {},
      { objects: bucket(files).objects },
    );
    expect(ended.output).toBe('caught');
  });

  it('writes its results where it is told to', async () => {
    const { objects, written } = bucket({});
    const writer = { ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'out', Prefix: 'p' } } };
    const ended = await run(picky({ ...writer, ToleratedFailureCount: 2 }), {}, { objects });
    const { Key } = (ended.output as { ResultWriterDetails: { Key: string } }).ResultWriterDetails;
    const manifest = JSON.parse(written[`out/${Key}`] ?? '');
    const [file] = manifest.ResultFiles.FAILED;
    expect(JSON.parse(written[`out/${file.Key}`] ?? '').map((one: Record<string, Value>) => one['Error'])).toEqual([
      'Odd',
      'Odd',
    ]);
    expect(Key.startsWith('p/')).toBe(true);
  });
});
