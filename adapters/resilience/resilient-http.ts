import type { Retry } from '../../shared/plan/plan.ts';
import type { Http, HttpRequest } from '../../shared/ports/http.ts';
import { type RetryDeps, retried } from './retried.ts';

/**
 * Repeats reads that got no answer, as long as a repeat ends before `until` (epoch ms). A POST may have done something, and a
 * measured request tells what it took: once each.
 */
export const resilientHttp = (inner: Http, deps: RetryDeps, retry: Retry, until: number): Http => ({
  send(request: HttpRequest) {
    if (request.once === true || request.method === 'POST') return inner.send(request);
    return retried(deps, retry, until - request.timeoutMs, () => inner.send(request));
  },
});
