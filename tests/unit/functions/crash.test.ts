import { describe, expect, it } from 'vitest';
import { crashOf, machineError } from '../../../functions/crash.ts';

describe('crashOf', () => {
  it.each([
    [
      'the message of a function',
      { Error: 'StoreRejectedError', Cause: '{"errorType":"StoreRejectedError","errorMessage":"no","trace":["at x"]}' },
      'no',
    ],
    ['a cause that is text', { Error: 'States.Timeout', Cause: 'too late' }, 'too late'],
    ['a cause that is other JSON', { Error: 'States.TaskFailed', Cause: '{"Status":"FAILED"}' }, '{"Status":"FAILED"}'],
    ['the name, where nothing else is told', { Error: 'States.Timeout', Cause: '' }, 'States.Timeout'],
  ])('tells %s', (_, error, message) => {
    expect(crashOf(error)).toEqual({ code: error.Error, message });
  });

  it('keeps no more than an item can hold', () => {
    const crash = crashOf({ Error: 'E'.repeat(1000), Cause: 'x'.repeat(100_000) });
    expect([crash.code.length, crash.message.length]).toEqual([200, 2000]);
  });

  it('reads errors that leave something out', () => {
    expect(machineError.parse({})).toEqual({ Error: 'Unknown', Cause: '' });
  });
});
