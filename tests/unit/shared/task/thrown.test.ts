import { describe, expect, it } from 'vitest';
import { thrownBy } from '../../../../shared/task/thrown.ts';

describe('thrownBy', () => {
  it('keeps name, message, code and a short stack of an error', () => {
    const thrown = thrownBy(Object.assign(new TypeError('x'.repeat(5000)), { code: 'EPIPE' }));
    expect(thrown).toMatchObject({ name: 'TypeError', code: 'EPIPE', retryable: true });
    expect(thrown.message).toHaveLength(2001);
    expect(thrown.stack?.split('\n').length).toBeLessThanOrEqual(8);
  });
  it('finds the code in the cause, as fetch hides it', () => {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
    expect(thrownBy(error)).toMatchObject({ code: 'ECONNREFUSED', retryable: true });
  });
  it('takes whatever is thrown', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(thrownBy('text')).toEqual({ name: 'Error', message: 'text', retryable: false });
    expect(thrownBy({ name: 'ThrottlingException', message: 'slow down' })).toMatchObject({
      name: 'ThrottlingException',
      retryable: true,
    });
    expect(thrownBy(circular).message).toBe('something that cannot be shown');
    expect(thrownBy(undefined).message).toBe('undefined');
    expect(thrownBy(null).message).toBe('null');
  });
});
