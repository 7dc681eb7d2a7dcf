import { describe, expect, it } from 'vitest';
import { taskHandler } from '../../../../adapters/aws/task-handler.ts';
import { taskInput } from '../../../contracts/user-code-contract.ts';

const now = () => 100_000;
const context = (alive: number) => ({ getRemainingTimeInMillis: () => alive });
let calls = 0;
const handler = taskHandler({ effect: 'idempotent', forward: () => ++calls }, now);
const request = (deadline: number) => ({ method: 'forward', input: taskInput(), deadline }) as const;

describe('taskHandler', () => {
  it('starts nothing at or after the deadline', async () => {
    const before = calls;
    expect(await handler(request(100_000), context(1))).toEqual({ notStarted: 'its deadline had passed when it arrived' });
    expect(calls).toBe(before);
  });
  it('starts nothing that Lambda would let go on beyond the deadline and the clock margin', async () => {
    const before = calls;
    expect(await handler(request(110_000), context(12_001))).toMatchObject({
      notStarted: expect.stringContaining('shorter time-out'),
    });
    expect(calls).toBe(before);
    expect(await handler(request(110_000), context(12_000))).toEqual({ output: before + 1 });
  });
  it('describes a task and names a method that is missing', async () => {
    expect(await handler({ method: 'describe' }, context(1))).toEqual({ shape: { effect: 'idempotent', methods: ['forward'] } });
    expect(await handler({ ...request(110_000), method: 'undo' }, context(1))).toEqual({ missing: 'undo' });
  });

  const records = [1, 2, 3].map((id) => ({ id }));
  const transform = taskHandler(({ id }: { readonly [name: string]: unknown }) => ({ pk: `${id}` }), now);
  it('applies a transform to many records, however much longer it could run', async () => {
    expect(await transform({ method: 'transform', records, deadline: 110_000 }, context(900_000))).toEqual({
      transformed: [1, 2, 3].map((id) => ({ made: [{ pk: `${id}` }] })),
    });
    expect(await transform({ method: 'describe' }, context(1))).toEqual({ shape: { effect: 'manual', methods: ['forward'] } });
  });
  it('applies nothing after the deadline, and tells a task from a transform', async () => {
    expect(await transform({ method: 'transform', records, deadline: 100_000 }, context(1))).toHaveProperty('notStarted');
    expect(await handler({ method: 'transform', records, deadline: 110_000 }, context(1))).toEqual({ missing: 'transform' });
  });
  it('answers what it has come to when its time is nearly up', async () => {
    let time = 0;
    const slow = taskHandler(
      () => {
        time += 1000;
        return { pk: 'a' };
      },
      () => time,
    );
    // The function's own time-out comes first: 3 s, of which a tenth is kept for the answer.
    expect(await slow({ method: 'transform', records: [...records, ...records], deadline: 60_000 }, context(3000))).toEqual({
      transformed: Array.from({ length: 3 }, () => ({ made: [{ pk: 'a' }] })),
    });
  });
});
