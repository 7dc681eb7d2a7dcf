import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { MemoryUserCode } from '../../adapters/memory/user-code.ts';
import { userCodeContract } from './user-code-contract.ts';
import * as fixture from './user-code-fixture.ts';

userCodeContract('memory', async () => ({
  userCode: new MemoryUserCode(systemClock, fixture as unknown as ConstructorParameters<typeof MemoryUserCode>[1]),
  ref: (exported) => exported,
  close: async () => {},
}));
