import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreparationError, UserCodeTimeoutError } from '../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError, UserFunctionError } from '../../shared/errors/user-code-errors.ts';
import type { TaskInput, TaskMethod, UserCode } from '../../shared/ports/user-code.ts';

export interface UserCodeUnderTest {
  readonly userCode: UserCode;
  /** How the adapter names an export of `user-code-fixture.ts`. */
  readonly ref: (exported: string) => string;
  close(): Promise<void>;
}

/** Builds what a function is given. */
export const taskInput = (over: Partial<TaskInput> = {}): TaskInput => ({
  runId: 'run-1',
  component: 'load',
  step: 0,
  item: null,
  input: null,
  outputs: {},
  idempotencyKey: 'run-1/load/0/forward',
  fence: 7,
  output: null,
  ...over,
});

/** What every way of calling user code promises, on the machine's own clock. */
export const userCodeContract = (name: string, open: () => Promise<UserCodeUnderTest>): void => {
  describe(`user code contract: ${name}`, () => {
    let opened: UserCodeUnderTest;
    const shape = (exported: string) => opened.userCode.shape(opened.ref(exported));
    const call = (exported: string, method: TaskMethod = 'forward', input = taskInput(), time = 20_000) =>
      opened.userCode.call(opened.ref(exported), method, input, Date.now() + time);
    const failure = async (...call_: Parameters<typeof call>): Promise<unknown> =>
      call(...call_).then(
        () => undefined,
        (error: unknown) => error,
      );

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    describe('shapes', () => {
      it('tells the effect class and the methods of a task', async () => {
        expect(await shape('counted')).toEqual({ effect: 'idempotent', methods: ['forward', 'verify', 'undo'] });
        expect(await shape('bound')).toEqual({ effect: 'probeable', methods: ['forward', 'probe'] });
      });
      it('takes a plain function and an unknown effect class for manual', async () => {
        expect(await shape('plain')).toEqual({ effect: 'manual', methods: ['forward'] });
        expect(await shape('unclassed')).toEqual({ effect: 'manual', methods: ['forward'] });
      });
      it('finds no method in what is no task', async () => {
        expect((await shape('constant'))?.methods).toEqual([]);
      });
      it('knows no function that is not there', async () => {
        expect(await shape('absent')).toBeUndefined();
      });
    });

    describe('answers', () => {
      it('hands the whole input over and the output back', async () => {
        const input = taskInput({ step: 3, item: { city: 'Zürich' }, input: [1, null], outputs: { before: { n: 1 } } });
        const { step, item, input: given, idempotencyKey, fence, outputs } = input;
        expect(await call('counted', 'forward', input)).toEqual({
          step,
          item,
          input: given,
          idempotencyKey,
          fence,
          outputs,
          unit: 'items',
        });
      });
      it('answers plain JSON: nothing as null, a date as text', async () => {
        expect(await call('counted', 'undo')).toBeNull();
        expect(await call('bound')).toBe('1970-01-01T00:00:00.000Z');
      });
      it('calls a method on its task', async () => {
        expect(await call('bound', 'probe')).toBe(true);
      });
      it('keeps many calls at once apart', async () => {
        const steps = Array.from({ length: 50 }, (_, step) => step);
        const answers = await Promise.all(steps.map((step) => call('counted', 'forward', taskInput({ step }))));
        expect(answers).toEqual(steps.map((step) => expect.objectContaining({ step })));
      });
    });

    describe('errors', () => {
      it('carries name, message, code and whether a repeat helps', async () => {
        const error = await failure('fails');
        expect(error).toBeInstanceOf(UserFunctionError);
        expect(error).toMatchObject({
          code: 'USER_CODE_FAILED',
          retryable: true,
          thrown: { name: 'RangeError', message: 'the receiver is away', code: 'ECONNRESET' },
        });
      });
      it('repeats nothing that does not ask for it', async () => {
        expect(await failure('refuses')).toMatchObject({ retryable: false, thrown: { name: 'TypeError' } });
        expect(await failure('saysSo')).toMatchObject({ retryable: true });
      });
      it('takes any thrown value, and an output that is no JSON, as an error', async () => {
        expect(await failure('throwsText')).toMatchObject({ thrown: { name: 'Error', message: 'just text' } });
        expect(await failure('big')).toMatchObject({ thrown: { name: 'TypeError' } });
      });
      it('names a method that is not there', async () => {
        const error = await failure('plain', 'undo');
        expect(error).toBeInstanceOf(PreparationError);
        expect((error as Error).message).toContain('undo');
      });
    });

    describe('deadlines', () => {
      it('starts nothing after the deadline', async () => {
        expect(await failure('counted', 'forward', taskInput(), -1)).toBeInstanceOf(UserCodeNotStartedError);
      });
      it('tells a function that its time is nearly up, before it is', async () => {
        expect(await call('obedient', 'forward', taskInput(), 5000)).toBe('stopped: TimeoutError');
      });
      it('ends a function that does not listen, and answers the next call', async () => {
        expect(await failure('deaf', 'forward', taskInput(), 1000)).toBeInstanceOf(UserCodeTimeoutError);
        expect(await call('plain')).toBe(42);
      });
    });
  });
};
