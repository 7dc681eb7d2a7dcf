import { MemoryStore } from '../../adapters/memory/store.ts';
import { protocolContract } from './protocol-contract.ts';

protocolContract('memory', async () => ({ store: new MemoryStore(), close: async () => {} }));
