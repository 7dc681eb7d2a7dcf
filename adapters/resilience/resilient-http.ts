import type { Retry } from '../../shared/plan/plan.ts';
import type { Http, HttpRequest } from '../../shared/ports/http.ts';
import { type RetryDeps, retried } from './retried.ts';

/** Repeats reads that got no answer. A POST may have done something, and a measured request tells what it took: once each. */
export const resilientHttp = (inner: Http, deps: RetryDeps, retry: Retry): Http => ({
  send(request: HttpRequest) {
    if (request.once === true || request.method === 'POST') return inner.send(request);
    return retried(deps, retry, Number.POSITIVE_INFINITY, () => inner.send(request));
  },
});
