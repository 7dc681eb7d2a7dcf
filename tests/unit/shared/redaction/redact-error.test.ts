import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PreparationError } from '../../../../shared/errors/run-errors.ts';
import { redactError } from '../../../../shared/redaction/redact-error.ts';

function tied(one: Error, other: Error): Error {
  one.cause = other;
  other.cause = one;
  return one;
}

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

  it.each([
    ['causes that go round', () => tied(new Error('one token=abc'), new Error('two token=abc'))],
    [
      'a long chain of causes',
      () => Array.from({ length: 40 }).reduce<Error>((cause) => new Error('token=abc', { cause }), new Error('token=abc')),
    ],
    ['errors that happened together', () => new AggregateError([new Error('token=abc')], 'both failed')],
    ['fields of its own', () => Object.assign(new Error('exit 1'), { command: 'psql token=abc', options: { password: 'abc' } })],
    ['a cause that is no error', () => new Error('refused', { cause: { token: 'abc' } })],
    ['something thrown that is no error', () => ({ token: 'abc' })],
  ])('hides what %s hold', (_, made) => {
    expect(inspect(redactError(made()), { depth: 100 })).not.toContain('abc');
  });

  it('ends where causes go round, and answers what is no error', () => {
    const error = new Error('token=abc');
    error.cause = error;
    expect((redactError(error) as Error).message).toBe('token=[redacted]');
    expect(redactError('token=abc')).toBe('token=[redacted]');
    expect(redactError(undefined)).toBeUndefined();
  });
});
