import { describe, expect, it } from 'vitest';
import { type TaskFunctions, taskFunction } from '../../../functions/task-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:111111111111:function:';
const tasks: TaskFunctions = { prefix: 'slipway-blue-task-', others: ['warm-cache', 'notify-*', `${ARN}cool`, `${ARN}heat-*`] };

describe('taskFunction', () => {
  it.each([
    ['resize', 'slipway-blue-task-resize'],
    ['warm-cache', 'warm-cache'],
    ['warm-cache-2', 'slipway-blue-task-warm-cache-2'],
    ['notify-sales', 'notify-sales'],
    ['cool', `${ARN}cool`],
    ['heat-pump', `${ARN}heat-pump`],
    ['./tasks.ts#resize', undefined],
  ])('%s is %s', (task, expected) => {
    expect(taskFunction(tasks, task)).toBe(expected);
  });

  it('knows no Task where none may be called', () => {
    expect(taskFunction({ prefix: undefined, others: [] }, 'resize')).toBeUndefined();
  });
});
