import { systemClock } from '../adapters/embedded/system-clock.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import type { Endpoint } from '../shared/api/endpoint.ts';
import { type EndpointInput, type EndpointName, type EndpointOutput, endpoints } from '../shared/api/endpoints.ts';
import { problemDetail } from '../shared/api/problem-detail.ts';
import { takesKey } from '../shared/api/refusals.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Ids } from '../shared/ports/ids.ts';
import { ApiProblemError, CredentialsError, NoControlPlaneError, StrangeAnswerError, TimedOutError } from './cli-errors.ts';
import type { Access } from './find-control-plane.ts';

export interface ApiClientOptions {
  readonly access: Access;
  readonly fetch: typeof fetch;
  /** What to do where nothing answers, as a sentence. */
  readonly start: string;
  /** ms until an answer must be there. */
  readonly timeout?: number;
  readonly clock?: Clock;
  /** Names each call that changes something, so that it can be sent again. */
  readonly ids?: Pick<Ids, 'next'>;
}

const TIMEOUT = 60_000;
/** Before a call is sent again under the same key, ms. */
const AGAIN_AFTER = [500, 1500, 3000];
/** Somebody between the caller and the control plane gave up, or the control plane itself asks to come again. */
const PASSING = new Set([502, 503, 504]);

/** The API over HTTP. Throws ApiProblemError for what it refuses, NoControlPlaneError where nothing answers. */
export class ApiClient {
  readonly here: boolean;
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.here = options.access.here;
    this.#options = options;
  }

  async call<Name extends EndpointName>(
    name: Name,
    input: EndpointInput<Name>,
    signal?: AbortSignal,
  ): Promise<EndpointOutput<Name>> {
    const { response, body } = await this.#sendOnce(name, input, signal);
    const { statuses = [], output }: Endpoint = endpoints[name];
    const parsed = output.safeParse(body);
    // Some answers are told by their status too: a control plane that is down says so in its own words.
    if (!response.ok && !(parsed.success && statuses.includes(response.status))) throw this.#problem(response, body);
    if (parsed.success) return parsed.data as EndpointOutput<Name>;
    throw this.#strange(`${response.status} without what ${name} promises`, parsed.error);
  }

  /** Reads a path as it is answered, a stream too. Throws NoControlPlaneError where nothing answers. */
  async read(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const { access, fetch } = this.#options;
    const authorization = access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };
    try {
      return await fetch(`${access.url}${path}`, { headers: { ...authorization, ...headers }, redirect: 'error', signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw this.#unanswered(cause);
    }
  }

  /** What an answer that is no success says. */
  async refusalOf(response: Response): Promise<Error> {
    return this.#problem(response, await bodyOf(response));
  }

  /** However often it is sent: the key makes of a call that changes something one call. */
  async #sendOnce(name: EndpointName, input: object, signal: AbortSignal | undefined) {
    const { clock = systemClock, ids = systemIds() } = this.#options;
    const key = takesKey(endpoints[name]) ? ids.next() : undefined;
    for (let sent = 0; ; sent += 1) {
      const last = key === undefined || sent >= AGAIN_AFTER.length;
      const outcome = await this.#send(name, input, signal, key).then(
        async (response) => ({ response, body: await bodyOf(response) }),
        (error: unknown) => {
          if (last || !wasCutOff(error)) throw error;
        },
      );
      if (outcome && (last || !isPassing(outcome))) return outcome;
      await clock.sleep(AGAIN_AFTER[sent] ?? 0, signal);
    }
  }

  async #send(name: EndpointName, input: object, signal: AbortSignal | undefined, key: string | undefined): Promise<Response> {
    const { access, fetch, timeout = TIMEOUT } = this.#options;
    const { method, url, body } = requestOf(name, input);
    const late = AbortSignal.timeout(timeout);
    try {
      return await fetch(`${access.url}${url}`, {
        method,
        headers: {
          ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, late]) : late,
        ...(body === undefined ? {} : { body }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      if (late.aborted) {
        const next = 'It may have been done all the same; look with: slipway list';
        throw new TimedOutError(`${access.url} gave no answer within ${timeout / 1000} s.`, { next, cause });
      }
      throw this.#unanswered(cause);
    }
  }

  #unanswered(cause: unknown): Error {
    const { access, start } = this.#options;
    if (cause instanceof CredentialsError) return cause;
    return new NoControlPlaneError(`No control plane answers at ${access.url}${why(cause)}.`, { next: start, cause });
  }

  #problem(response: Response, body: unknown): Error {
    const parsed = problemDetail.safeParse(body);
    if (!parsed.success && response.status === 403) return this.#forbidden();
    return parsed.success ? new ApiProblemError(parsed.data) : this.#strange(`${response.status} ${response.statusText}`.trim());
  }

  /** API Gateway's own answer: the request never reached Slipway. */
  #forbidden(): CredentialsError {
    const { access } = this.#options;
    return new CredentialsError(`${access.url} does not let these credentials in.`, {
      next:
        access.signFor === undefined
          ? 'On AWS requests are signed: name the region with --sign REGION.'
          : 'They need execute-api:Invoke on this API, in this region; whose they are tells: aws sts get-caller-identity',
    });
  }

  #strange(what: string, cause?: unknown): StrangeAnswerError {
    return new StrangeAnswerError(`${this.#options.access.url} answered ${what}: another release, or no Slipway at all.`, {
      next: 'Check --url and --data-dir, and that both are of one release: slipway version',
      cause,
    });
  }
}

const isPassing = ({ response, body }: { response: Response; body: unknown }): boolean =>
  PASSING.has(response.status) || (body as { code?: unknown } | undefined)?.code === 'IDEMPOTENCY_UNDER_WAY';

/** The connection broke when it was there: whether the call arrived, nobody knows. */
const wasCutOff = (error: unknown): boolean =>
  error instanceof NoControlPlaneError && /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(why(error.cause));

interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
}

/** Path parameters go into the path; all else into the query (GET, DELETE) or the body. */
function requestOf(name: EndpointName, input: object): ApiRequest {
  const [method = 'GET', path = '/'] = endpoints[name].route.split(' ');
  const left = new Map<string, unknown>(Object.entries(input).filter(([, value]) => value !== undefined));
  const url = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = String(left.get(parameter));
    left.delete(parameter);
    return encodeURIComponent(value);
  });
  if (method !== 'GET' && method !== 'DELETE') return { method, url, body: JSON.stringify(Object.fromEntries(left)) };
  const query = new URLSearchParams([...left].map(([key, value]): [string, string] => [key, String(value)])).toString();
  return { method, url: query === '' ? url : `${url}?${query}`, body: undefined };
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text().catch(() => '');
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function why(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code === undefined ? '' : ` (${code})`;
}
