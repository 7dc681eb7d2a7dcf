import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoClient } from '../../adapters/aws/clients.ts';
import { startDynalite } from '../../adapters/embedded/dynalite/start-dynalite.ts';
import type { DynamoPeer } from './dynamo-peer.ts';

/** The embedded store on a directory of its own, which goes when it is closed. */
export const openDynalite = async (): Promise<DynamoPeer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-store-'));
  const { endpoint, close } = await startDynalite({ dataDir });
  const client = dynamoClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  return {
    client,
    async close() {
      client.destroy();
      await close();
      await rm(dataDir, { recursive: true });
    },
  };
};
