import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

const CREATED = 'http.client.request.created';

/** How long names took to be looked up and connections to stand (with TLS), from what Node tells of its own requests. */
export class ConnectTimes {
  #dnsMs = 0;
  #connectMs = 0;

  listen(): void {
    subscribe(CREATED, this.#onRequest);
  }

  close(): void {
    unsubscribe(CREATED, this.#onRequest);
  }

  /** The slowest since it was asked last, ms. */
  take(): { dnsMs: number; connectMs: number } {
    const told = { dnsMs: this.#dnsMs, connectMs: this.#connectMs };
    this.#dnsMs = 0;
    this.#connectMs = 0;
    return told;
  }

  readonly #onRequest = (message: unknown): void => {
    (message as { readonly request: ClientRequest }).request.once('socket', (socket) => this.#time(socket));
  };

  #time(socket: Socket): void {
    if (!socket.connecting) return;
    const began = performance.now();
    socket.once('lookup', () => {
      this.#dnsMs = Math.max(this.#dnsMs, performance.now() - began);
    });
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      this.#connectMs = Math.max(this.#connectMs, performance.now() - began);
    });
  }
}
