import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedUserCode } from '../../../adapters/embedded/user-code/embedded-user-code.ts';
import { twoKeys } from '../../../adapters/systems/two-keys.ts';
import { keyService } from '../../../examples/api-keys/service.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { freePort } from '../../contracts/free-port.ts';
import { RotationPlane } from './rotation-plane.ts';
import { rotationScenarios } from './rotation-scenarios.ts';

const baseDir = fileURLToPath(new URL('../../../examples/api-keys', import.meta.url));

describe('on a service with two keys', () => {
  const userCode = new EmbeddedUserCode({ baseDir });
  const system = twoKeys({ userCode, clock: { now: () => Date.now() }, ref: './rotate-key.ts#apiKey' });
  let service: ReturnType<typeof keyService>;
  let port = 0;
  const logs: string[] = [];

  const up = async () => {
    await once(service.server.listen(port, '127.0.0.1'), 'listening');
  };
  const down = async () => {
    service.server.closeAllConnections();
    service.server.close();
    if (service.server.listening) await once(service.server, 'close');
  };
  const fresh = async (): Promise<SecretFields> => {
    await down();
    logs.push(...service.log);
    service = keyService('first-key');
    // A connection that is kept would be to the one before.
    service.server.maxRequestsPerSocket = 1;
    await up();
    return { service: `http://127.0.0.1:${port}`, host: '127.0.0.1', id: 'first', key: 'first-key' };
  };
  const letsIn = async ({ service: url, key }: SecretFields) =>
    (await fetch(`${String(url)}/account`, { headers: { authorization: `Bearer ${String(key)}` } })).ok;

  beforeAll(async () => {
    port = await freePort();
    service = keyService('first-key');
    await up();
  });
  afterAll(async () => {
    await down();
    await userCode.close();
  });

  rotationScenarios(
    'two keys',
    () => ({
      ...{ system, fresh, letsIn, up, down, byCurrentOnly: true },
      log: async () => [...logs, ...service.log].join('\n'),
      clear: ({ key }) => String(key),
      wrong: (fields) => ({ ...fields, key: 'never-made-by-the-service' }),
    }),
    { passwords: [] },
  );

  it('leaves no key behind where an attempt dies before the key is written down', async () => {
    const plane = new RotationPlane(system, await fresh());
    const put = plane.secrets.put.bind(plane.secrets);
    plane.secrets.put = async () => {
      throw new Error('died');
    };
    await expect(plane.step('createSecret', plane.begin())).rejects.toThrow('died');
    await expect(plane.step('createSecret', plane.begin())).rejects.toThrow('died');
    plane.secrets.put = put;
    expect(service.keys).toHaveLength(2);
    await plane.rotate();
    expect(service.keys.map(({ key }) => key)).toEqual(['first-key', (await plane.fields())['key']]);
    expect(await plane.revoke()).toBe('revoked');
    expect(service.keys).toHaveLength(1);
  });

  it('makes another key after a rotation that was taken back', async () => {
    const plane = new RotationPlane(system, await fresh());
    await plane.restore(await plane.rotate());
    expect(await plane.revoke()).toBe('revoked');
    await plane.rotate();
    expect(await letsIn(await plane.fields())).toBe(true);
  });
});
