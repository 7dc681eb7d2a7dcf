import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

const CREATED = 'http.client.request.created';

/** How long names took to be looked up and connections to stand (with TLS), from what Node tells of its own requests. */
export class ConnectTimes {
  /** All of them are told by one listener: several control planes may share a process. */
  static readonly #told = new Set<ConnectTimes>();
  #dnsMs = 0;
  #connectMs = 0;

  listen(): void {
    if (ConnectTimes.#told.size === 0) subscribe(CREATED, ConnectTimes.#onRequest);
    ConnectTimes.#told.add(this);
  }

  close(): void {
    if (ConnectTimes.#told.delete(this) && ConnectTimes.#told.size === 0) unsubscribe(CREATED, ConnectTimes.#onRequest);
  }

  /** The slowest since it was asked last, ms. */
  take(): { dnsMs: number; connectMs: number } {
    const told = { dnsMs: this.#dnsMs, connectMs: this.#connectMs };
    this.#dnsMs = 0;
    this.#connectMs = 0;
    return told;
  }

  static readonly #onRequest = (message: unknown): void => {
    (message as { readonly request: ClientRequest }).request.once('socket', ConnectTimes.#time);
  };

  static readonly #time = (socket: Socket): void => {
    if (!socket.connecting) return;
    const began = performance.now();
    socket.once('lookup', () => {
      const ms = performance.now() - began;
      for (const one of ConnectTimes.#told) one.#dnsMs = Math.max(one.#dnsMs, ms);
    });
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      const ms = performance.now() - began;
      for (const one of ConnectTimes.#told) one.#connectMs = Math.max(one.#connectMs, ms);
    });
  };
}
