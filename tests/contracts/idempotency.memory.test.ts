import { MemoryStore } from '../../adapters/memory/store.ts';
import { idempotencyContract } from './idempotency-contract.ts';

idempotencyContract('memory', async () => ({ store: new MemoryStore(), close: async () => {} }));
