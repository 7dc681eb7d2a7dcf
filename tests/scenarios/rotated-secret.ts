import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { keyService } from '../../examples/api-keys/service.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { freePort } from '../contracts/free-port.ts';
import type { Component } from './bed.ts';
import { Plane } from './plane.ts';
import { UnlockedVault } from './unlocked-vault.ts';

export const FIRST = 'the-first-key-of-all';
export const SECRET = 'orders/api-key';
export const MINUTE = 60_000;
const baseDir = fileURLToPath(new URL('../../examples/api-keys', import.meta.url));

/** A service with two keys, its first one in the vault of a control plane, and a consumer that is well as long as the key that it has cached is let in. */
export class RotatedSecret {
  readonly plane: Plane;
  readonly vault: UnlockedVault;
  readonly service = keyService(FIRST);
  /** What the consumer has read last. */
  cached = FIRST;
  #consumer = '';
  readonly #environment: string;

  private constructor(plane: Plane, vault: UnlockedVault, environment: string) {
    this.#environment = environment;
    this.plane = plane;
    this.vault = vault;
  }

  static async start({ environment = 'test' } = {}): Promise<RotatedSecret> {
    const plane = await Plane.start();
    const vault = await UnlockedVault.open(plane.dataDir);
    onTestFinished(() => vault.lock());
    const bed = new RotatedSecret(plane, vault, environment);
    const url = await listening(bed.service.server);
    await vault.put(SECRET, { service: url, id: 'first', key: FIRST });
    await bed.settings({});
    bed.#consumer = await listening(
      createServer(async (_request, response) => {
        const answer = await fetch(`${url}/account`, { headers: { authorization: `Bearer ${bed.cached}` } }).catch(
          () => undefined,
        );
        response.writeHead(answer?.ok ? 200 : 503, { connection: 'close' }).end();
      }),
    );
    return bed;
  }

  settings(more: { readonly enabled?: boolean; readonly task?: string; readonly every?: number }) {
    const policy = { system: 'two-keys', task: './rotate-key.ts#apiKey', baseDir, overlap: 10 * MINUTE } as const;
    return this.plane.call('put-secret', { secretId: SECRET, environment: this.#environment, ...policy, ...more });
  }

  /** Rotates the secret, and whatever `more` says of that; then, in a phase of their own, `after`. */
  plan(more: object = {}, after: readonly Component[] = []): PlanInput {
    const checks = [{ type: 'health' as const, name: 'consumer', url: this.#consumer }];
    return {
      slipway: 1,
      name: 'rotation',
      target: 'test/rotation',
      phases: [
        { name: 'rotate', components: [{ name: 'key', kind: 'rotate', secretId: SECRET, checks, ...more }] },
        ...(after.length === 0 ? [] : [{ name: 'then', after: ['rotate'], components: [...after] }]),
      ],
    };
  }

  async current(): Promise<string> {
    return String((await this.vault.get(SECRET))['key']);
  }

  window() {
    return this.plane.call('get-secret', { secretId: SECRET, environment: this.#environment }).then(({ window }) => window);
  }

  /** The service ends, and what asked it gets no answer. */
  async down(): Promise<() => Promise<unknown>> {
    const { server } = this.service;
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    return () => once(server.listen(port, '127.0.0.1'), 'listening');
  }
}

async function listening(server: Server): Promise<string> {
  // A connection that is kept would be to a server of before.
  server.maxRequestsPerSocket = 1;
  await once(server.listen(await freePort(), '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
