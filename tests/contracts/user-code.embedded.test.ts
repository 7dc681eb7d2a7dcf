import { EmbeddedUserCode } from '../../adapters/embedded/user-code/embedded-user-code.ts';
import { userCodeContract } from './user-code-contract.ts';

userCodeContract('embedded', async () => {
  const userCode = new EmbeddedUserCode({ baseDir: import.meta.dirname });
  return { userCode, ref: (exported) => `./user-code-fixture.ts#${exported}`, close: () => userCode.close() };
});
