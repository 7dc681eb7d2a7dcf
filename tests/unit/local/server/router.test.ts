import { describe, expect, it } from 'vitest';
import { Router } from '../../../../local/server/router.ts';

const route = (method: string, path: string) => ({ method, path, authorization: 'AWS_IAM', function: `${method} ${path}` });
const router = new Router([
  route('GET', '/v1/runs/{runId}'),
  route('POST', '/v1/runs/{runId}/approvals/{component}'),
  route('GET', '/v1/runs/latest'),
  route('POST', '/v1/runs'),
]);

describe('Router', () => {
  it('finds a route with its parameters, decoded', () => {
    expect(router.find('POST', '/v1/runs/r1/approvals/a%20b')).toMatchObject({
      route: { function: 'POST /v1/runs/{runId}/approvals/{component}' },
      parameters: { runId: 'r1', component: 'a b' },
    });
  });

  it('takes a path without parameters first', () => {
    expect(router.find('GET', '/v1/runs/latest')).toMatchObject({ route: { path: '/v1/runs/latest' }, parameters: {} });
  });

  it('tells the methods of a path that exists', () => {
    expect(router.find('DELETE', '/v1/runs')).toEqual({ allowed: ['POST'] });
  });

  it('has only the methods of the path itself, not of one whose parameter takes its last word', () => {
    const here = new Router([route('GET', '/v1/plans/{name}'), route('POST', '/v1/plans/validate')]);
    expect(here.find('GET', '/v1/plans/validate')).toEqual({ allowed: ['POST'] });
  });

  it.each(['/v1', '/v1/runs/', '/v1/runs/a/b', '/v1/runs/r1/approvals/', '/x/v1/runs'])('knows no %s', (path) => {
    expect(router.find('GET', path)).toBeUndefined();
  });

  it('leaves a broken escape as it is', () => {
    expect(router.find('GET', '/v1/runs/%zz')).toMatchObject({ parameters: { runId: '%zz' } });
  });
});
