import { join } from 'node:path';
import { type EmbeddedStore, startDynalite } from '../adapters/embedded/dynalite/start-dynalite.ts';
import { FileArtefacts } from '../adapters/embedded/file-artefacts.ts';
import { vaultPaths } from '../adapters/embedded/vault/vault-paths.ts';
import type { Artefacts } from '../shared/ports/artefacts.ts';
import { type DiskExecutionStore, openDiskExecutionStore } from './asl/store/disk-execution-store.ts';
import type { Closing } from './closing.ts';

/** The parts of a data directory. */
export interface Storage {
  readonly dynalite: EmbeddedStore;
  readonly executions: DiskExecutionStore;
  /** Events that functions are yet to hear of. */
  readonly bus: DiskExecutionStore;
  readonly artefacts: Artefacts;
  /** Where the key of webhooks outlives the process. */
  readonly webhookKeyFile: string;
  /** Where its vault is. */
  readonly vault: ReturnType<typeof vaultPaths>;
  /** Where the alarms of guardrails outlive the process. */
  readonly alarmsFile: string;
}

/** Opens a data directory for this process alone. Throws where it is in use, foreign or corrupted; it is then left as it was. */
export async function openStorage(dataDir: string, closing: Closing): Promise<Storage> {
  const dynalite = await startDynalite({ dataDir: join(dataDir, 'store') });
  closing.push(() => dynalite.close());
  const executions = await openDiskExecutionStore(join(dataDir, 'executions'));
  closing.push(() => executions.close());
  const bus = await openDiskExecutionStore(join(dataDir, 'bus'));
  closing.push(() => bus.close());
  const artefacts = new FileArtefacts(join(dataDir, 'artefacts'));
  await artefacts.dropUnfinished();
  return {
    dynalite,
    executions,
    bus,
    artefacts,
    webhookKeyFile: join(dataDir, 'webhook-key'),
    vault: vaultPaths(dataDir),
    alarmsFile: join(dataDir, 'alarms.json'),
  };
}
