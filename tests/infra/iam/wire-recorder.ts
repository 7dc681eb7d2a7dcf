import { once } from 'node:events';
import { createServer, type IncomingMessage, request as overHttp, type Server, type ServerResponse } from 'node:http';
import { request as overHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type CalledPlace, iamRequests, iamRequestsIfMissing } from '../../../adapters/aws/iam-requests.ts';
import type { FunctionRequest } from '../../../local/permissions.ts';
import { wireCall } from './wire-call.ts';

export interface WireRecorderOptions {
  /** Where AWS is, or what stands in for it: `http://127.0.0.1:4566`. */
  readonly upstream: string;
  readonly place: CalledPlace;
}

/**
 * Stands between functions that run elsewhere and AWS, and records what each asks: for deployed bundles, whose clients nobody
 * can observe from here. Each function has a port of its own, which tells who asks:
 *
 *     const recorder = new WireRecorder({ upstream: peer.endpoint, place });
 *     environment.AWS_ENDPOINT_URL = await recorder.endpointOf('start-run');
 *     …
 *     expect(await refusals(wiring.functions, onTaskMachine(recorder.requests, componentArn))).toEqual([]);
 *     await recorder.close();
 */
export class WireRecorder {
  readonly #options: WireRecorderOptions;
  readonly #servers = new Map<string, Promise<Server>>();
  readonly #asked = new Map<string, FunctionRequest>();

  constructor(options: WireRecorderOptions) {
    this.#options = options;
  }

  /** What was asked so far, each question once. */
  get requests(): readonly FunctionRequest[] {
    return [...this.#asked.values()];
  }

  /** The endpoint that a function of that name is to be given. */
  async endpointOf(functionName: string): Promise<string> {
    const known = this.#servers.get(functionName) ?? this.#listen(functionName);
    this.#servers.set(functionName, known);
    return `http://127.0.0.1:${((await known).address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const server of await Promise.all(this.#servers.values())) {
      server.close();
      server.closeAllConnections();
    }
  }

  async #listen(functionName: string): Promise<Server> {
    const server = createServer((request, response) => {
      this.#forward(functionName, request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    // A function that was idle finds its connections as they were: they break no sooner than AWS's own do.
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  async #forward(functionName: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const body = await buffer(incoming);
    const call = wireCall({ method, url, headers, body });
    const { upstream, place } = this.#options;
    this.#note(functionName, iamRequests(call, place));
    const send = upstream.startsWith('https:') ? overHttps : overHttp;
    // As they are, the host too: it is signed.
    const outgoing = send(new URL(url, upstream), { method, headers });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    if (answer.statusCode === 404) this.#note(functionName, iamRequestsIfMissing(call, place));
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }

  #note(functionName: string, asked: readonly Omit<FunctionRequest, 'function'>[]): void {
    for (const one of asked) {
      const request = { function: functionName, ...one };
      this.#asked.set(JSON.stringify(request), request);
    }
  }
}

/** Requests with a task token, of which the wire does not tell the machine, as requests to the one whose tasks wait. */
export const onTaskMachine = (asked: readonly FunctionRequest[], machineArn: string): readonly FunctionRequest[] =>
  asked.map((one) => (one.action.startsWith('states:SendTask') && one.resource === '*' ? { ...one, resource: machineArn } : one));
