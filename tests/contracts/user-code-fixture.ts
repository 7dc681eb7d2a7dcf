import { defineTask } from '../../shared/plan/define-task.ts';

const unit = 'items';

export const counted = defineTask({
  effect: 'idempotent',
  forward({ step, item, input, idempotencyKey, fence, outputs }) {
    return { step, item, input, idempotencyKey, fence, outputs, unit };
  },
  verify({ output }) {
    if (output === null) throw new Error('nothing is there');
    return null;
  },
  undo: () => undefined as unknown as null,
});

export const bound = {
  effect: 'probeable',
  answer: true,
  forward: () => new Date(0) as unknown as string,
  probe(): boolean {
    return this.answer;
  },
};

export const unclassed = { effect: 'perhaps', forward: () => 1 };
export const plain = (): number => 42;
export const constant = 3;

export const fails = (): never => {
  throw Object.assign(new RangeError('the receiver is away'), { code: 'ECONNRESET' });
};
export const refuses = (): never => {
  throw new TypeError('no such city');
};
export const saysSo = (): never => {
  throw Object.assign(new Error('come back later'), { retryable: true });
};
export const throwsText = (): never => {
  throw 'just text';
};
export const big = () => ({ huge: 10n }) as unknown as number;

/** Stops when it is told to. */
export const obedient = ({ signal }: { signal: AbortSignal }): Promise<string> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(`stopped: ${(signal.reason as Error).name}`)));
/** Never answers, whatever it is told. */
export const deaf = (): Promise<never> => new Promise(() => {});
