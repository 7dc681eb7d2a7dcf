import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '../../contracts/free-port.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A control plane as far as flags need one, on a real socket, that can be told to misbehave. */
export class FlagServer {
  readonly requests: { method: string; url: string; etag: string | undefined; authorization: string | undefined }[] = [];
  readonly metrics: unknown[] = [];
  #flags: unknown = { flags: {} };
  #rev = 0;
  #answer: Handler | undefined;
  #hasStream = true;
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => this.#handle(request, response));
  #arrival = Promise.withResolvers<void>();
  #port = 0;

  static async start(flags: unknown): Promise<FlagServer> {
    const server = new FlagServer();
    server.set(flags);
    await server.open();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  set(flags: unknown): void {
    this.#flags = flags;
    this.#rev += 1;
  }

  /** Every later request for flags is answered so; as it should be where it is absent. */
  answerWith(handler?: Handler): void {
    this.#answer = handler;
  }

  withoutStream(): this {
    this.#hasStream = false;
    return this;
  }

  say(text: string): void {
    for (const stream of this.#streams) stream.write(text);
  }

  /** Resolves when as many requests have been answered in all. */
  async answered(count: number): Promise<void> {
    while (this.requests.length < count) await this.#arrival.promise;
  }

  /** After an outage on the port of before. */
  async open(): Promise<void> {
    this.#port ||= await freePort();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    this.#streams.clear();
    await closed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    if (url === '/v1/events') {
      this.#stream(response);
    } else if (url === '/v1/metrics') {
      void this.#take(request, response);
    } else if (this.#answer) {
      this.#answer(request, response);
    } else {
      this.#flagsTo(headers['if-none-match'], response);
    }
    this.requests.push({ method, url, etag: headers['if-none-match'], authorization: headers.authorization });
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers<void>();
  }

  #flagsTo(known: string | undefined, response: ServerResponse): void {
    const etag = `"${this.#rev}"`;
    if (known === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(JSON.stringify({ environment: 'production', flags: this.#flags, rev: this.#rev }));
  }

  #stream(response: ServerResponse): void {
    if (!this.#hasStream) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await request.toArray();
    this.metrics.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(202).end();
  }
}
