import { MemoryStore } from '../../adapters/memory/store.ts';
import { storeContract } from './store-contract.ts';

storeContract('memory', async () => ({ store: new MemoryStore(), close: async () => {} }));
