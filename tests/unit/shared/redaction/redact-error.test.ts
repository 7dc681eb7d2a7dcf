import { describe, expect, it } from 'vitest';
import { PreparationError } from '../../../../shared/errors/run-errors.ts';
import { redactError } from '../../../../shared/redaction/redact-error.ts';

describe('redactError', () => {
  it('keeps the class, the code and what to do next, and hides secrets in message, stack and causes', () => {
    const cause = new Error('postgres://a:hunter2@h/');
    const told = redactError(new PreparationError('password=hunter2', { next: 'Look.', cause })) as PreparationError;
    expect(told).toBeInstanceOf(PreparationError);
    expect(told).toMatchObject({
      name: 'PreparationError',
      code: 'PREPARATION_FAILED',
      next: 'Look.',
      message: 'password=[redacted]',
    });
    expect(`${told.stack} ${(told.cause as Error).stack} ${(told.cause as Error).message}`).not.toContain('hunter2');
    expect(cause.message).toContain('hunter2');
  });

  it('hands on an error without secrets as it is', () => {
    const error = new Error('no table users');
    expect(redactError(error)).toBe(error);
  });

  it('ends where causes go round, and answers what is no error', () => {
    const error = new Error('token=abc');
    error.cause = error;
    expect((redactError(error) as Error).message).toBe('token=[redacted]');
    expect(redactError('token=abc')).toBe('token=[redacted]');
    expect(redactError(undefined)).toBeUndefined();
  });
});
