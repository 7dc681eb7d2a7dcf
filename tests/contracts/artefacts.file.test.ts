import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArtefacts } from '../../adapters/embedded/file-artefacts.ts';
import { artefactsContract } from './artefacts-contract.ts';

artefactsContract('files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-artefacts-'));
  return { artefacts: new FileArtefacts(directory), close: () => rm(directory, { recursive: true }) };
});
