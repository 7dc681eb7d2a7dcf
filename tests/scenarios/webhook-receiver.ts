import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

type Answers = (received: Received, response: ServerResponse) => void;

/** Somebody's server on this machine that takes messages; `answers` says how, and may be changed. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  answers: Answers = (_, response) => response.writeHead(204).end();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #url = '';

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    const server = receiver.#server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return receiver;
  }

  url(path = '/'): string {
    return `${this.#url}${path}`;
  }

  /** What came, as JSON. */
  told(path = '/'): { readonly type: string; readonly data: { readonly [name: string]: unknown } }[] {
    return this.received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const received = { path: request.url ?? '', headers: request.headers as Received['headers'], body };
    this.received.push(received);
    this.answers(received, response);
  }
}
