import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

const CREATED = 'http.client.request.created';

/** Several control planes may share a process: the first that has somebody to tell of a request tells it, and no other. */
const told = new WeakSet<ClientRequest>();

export type OnTransfer = (sentBytes: number, receivedBytes: number) => void;

/** Bytes over the connections of requests by Node's http client, which is that of the SDK too; with TLS what it makes of them. */
export class Transfers {
  readonly #whose: () => OnTransfer | undefined;

  /** `whose` is asked where a request is made: who is to be told of it, if anybody. */
  constructor(whose: () => OnTransfer | undefined) {
    this.#whose = whose;
    subscribe(CREATED, this.#onRequest);
  }

  close(): void {
    unsubscribe(CREATED, this.#onRequest);
  }

  readonly #onRequest = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    const tell = told.has(request) ? undefined : this.#whose();
    if (!tell) return;
    told.add(request);
    request.once('socket', (socket: Socket) => {
      // A connection is used again and again, by one request at a time.
      const { bytesWritten, bytesRead } = socket;
      request.once('close', () => tell(socket.bytesWritten - bytesWritten, socket.bytesRead - bytesRead));
    });
  };
}
