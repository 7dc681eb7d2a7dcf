import { SharedReads } from '../../adapters/embedded/shared-reads.ts';
import { MemoryStore } from '../../adapters/memory/store.ts';
import { storeContract } from './store-contract.ts';

storeContract('reads that are shared', async () => ({ store: new SharedReads(new MemoryStore()), close: async () => {} }));
