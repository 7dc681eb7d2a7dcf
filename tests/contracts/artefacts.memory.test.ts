import { MemoryArtefacts } from '../../adapters/memory/artefacts.ts';
import { artefactsContract } from './artefacts-contract.ts';

artefactsContract('memory', async () => ({ artefacts: new MemoryArtefacts(), close: async () => {} }));
