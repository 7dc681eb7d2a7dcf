import { describe, expect, it } from 'vitest';
import { MalformedError, PlanChangedError, PlanInvalidError } from '../../../../shared/api/api-errors.ts';
import { problemDetail } from '../../../../shared/api/problem-detail.ts';
import { problemOf } from '../../../../shared/api/problem-of.ts';
import { LockedError, RivalError, RunNotFoundError } from '../../../../shared/errors/run-errors.ts';
import { SchemaTooNewError, StoreThrottledError } from '../../../../shared/errors/store-errors.ts';

describe('problemOf', () => {
  it.each([
    [new MalformedError('m'), 400],
    [new RunNotFoundError('m'), 404],
    [new LockedError('m'), 409],
    [new StoreThrottledError('m'), 503],
    [new RivalError('m'), 503],
    [new SchemaTooNewError('m', { next: 'Upgrade' }), 500],
  ])('gives %o its status', (error, status) => {
    expect(problemOf(error)).toMatchObject({ status, code: error.code, detail: 'm' });
    expect(problemDetail.safeParse(problemOf(error)).success).toBe(true);
  });

  it('names every problem of a plan', () => {
    const problem = { code: 'UNKNOWN_KEY', message: 'm', path: ['phases', 0], line: 3, column: 1 } as const;
    expect(problemOf(new PlanInvalidError([problem]))).toMatchObject({
      status: 422,
      problems: [problem],
      type: 'urn:slipway:problem:plan-invalid',
    });
  });

  it('shows how a plan changed', () => {
    const diff = { changes: [{ path: 'name', change: 'changed', before: 'a', after: 'b' }], forbidden: [] } as const;
    expect(problemOf(new PlanChangedError('m', diff, { next: 'n' }))).toMatchObject({ status: 409, diff, next: 'n' });
  });

  it.each([new Error('secret'), 'secret', undefined])('tells nothing of what nobody foresaw', (error) => {
    expect(JSON.stringify(problemOf(error))).not.toContain('secret');
    expect(problemOf(error)).toMatchObject({ status: 500, code: 'UNEXPECTED' });
  });
});
